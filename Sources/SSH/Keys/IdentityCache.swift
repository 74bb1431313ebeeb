import Glibc
import Redaction
import Support
import Synchronization

/// Private keys, each read and decrypted once per process however many hosts use it, off the concurrency pool.
///
/// A failure is kept, too: a wrong passphrase costs 0.1 s of CPU once, and not once per host. A file that changes is
/// read again.
package final class IdentityCache: Sendable {
    package static let shared = IdentityCache()

    private struct Version: Hashable {
        let path: String
        let inode: UInt64, size: Int64, seconds: Int, nanoseconds: Int
    }
    private enum Entry {
        case loading([Answer<PrivateKey>])
        case loaded(Result<PrivateKey, any Error>)
    }
    private struct Slot {
        let passphrase: Secret<String>?
        var entry: Entry
    }
    private let slots = Mutex<[Version: [Slot]]>([:])

    package init() {}

    /// The key in a file. Throws an `SSHError` (`keyFile`) that says what is wrong with it, or `CancellationError`.
    package func key(at path: String, passphrase: Secret<String>? = nil) async throws -> PrivateKey {
        let path = expandingTilde(path)
        var status = stat()
        _ = stat(path, &status)
        let version = Version(
            path: path, inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_ctim.tv_sec,
            nanoseconds: status.st_ctim.tv_nsec)
        let answer = Answer<PrivateKey>()
        let mustLoad = slots.withLock { slots -> Bool in
            var list = slots[version] ?? []
            defer { slots[version] = list }
            guard let index = list.firstIndex(where: { $0.passphrase == passphrase }) else {
                list.append(Slot(passphrase: passphrase, entry: .loading([answer])))
                return true
            }
            switch list[index].entry {
            case .loaded(let result): answer.resolve(result)
            case .loading(let others): list[index].entry = .loading(others + [answer])
            }
            return false
        }
        if mustLoad {
            BlockingWork.shared.submit { self.load(path, version, passphrase) }
        }
        return try await answer.value()
    }

    private func load(_ path: String, _ version: Version, _ passphrase: Secret<String>?) {
        let result: Result<PrivateKey, any Error>
        do throws(IdentityFile.Failure) {
            result = .success(try IdentityFile.load(path, passphrase: passphrase))
        } catch {
            result = .failure(SSHError(.keyFile, error.description, remedy: error.remedy))
        }
        let waiting = slots.withLock { slots -> [Answer<PrivateKey>] in
            guard let index = slots[version]?.firstIndex(where: { $0.passphrase == passphrase }),
                case .loading(let waiting)? = slots[version]?[index].entry
            else { return [] }
            // A file that is missing has no version to tell that it came.
            slots[version]?[index].entry = .loaded(result)
            if version.inode == 0 { slots[version] = nil }
            return waiting
        }
        for answer in waiting { answer.resolve(result) }
    }
}
