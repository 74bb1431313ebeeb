import Glibc
import Support
import YAML

/// Where the scheduler keeps what it remembers: `data/schedule/`, readable by its owner only.
///
/// - `schedule.db`: jobs' positions in time, and fires (`ScheduleStore`)
/// - `daemon.lock`: held by the daemon; also says who holds it
/// - `fires/<run>.lock`: held by the process of a run, for as long as it lives
/// - `fires/<run>.log`: what that process printed
package struct StateFolder: Sendable, Hashable {
    package static let defaultPath = "data/schedule"
    package let path: String

    var databasePath: String { path + "/schedule.db" }
    var lockPath: String { path + "/daemon.lock" }
    func processLockPath(_ run: String) -> String { "\(path)/fires/\(run).lock" }
    package func outputPath(_ run: String) -> String { "\(path)/fires/\(run).log" }

    /// Whether there is anything to read.
    package static func exists(_ path: String = defaultPath) -> Bool { access(path + "/schedule.db", R_OK) == 0 }

    /// Makes the folder, and those above it, when there is none.
    ///
    /// - Throws: `Diagnostic` that names the folder.
    package init(_ path: String = defaultPath) throws(Diagnostic) {
        self.path = path
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in (path + "/fires").split(separator: "/") {
            prefix += part
            if mkdir(prefix, 0o700) != 0, errno != EEXIST { throw Self.failure("make the folder", prefix) }
            prefix += "/"
        }
        guard access(path, W_OK | X_OK) == 0 else { throw Self.failure("write in the folder", path) }
    }

    /// A file that is this user's alone; for the caller to close.
    static func open(_ path: String, _ flags: Int32) throws(Diagnostic) -> Int32 {
        do throws(FileProblem) {
            let (folder, name) = try PrivateFolder.holding(path, for: .secret, followsLast: false)
            return try folder.open(name, flags).takeDescriptor()
        } catch {
            throw Diagnostic(
                error.problemAtPlace, at: nil,
                remedy: error.remedy ?? "give a folder that you may write in with --state")
        }
    }

    static func failure(_ what: String, _ path: String) -> Diagnostic {
        Diagnostic(
            "\(path): cannot \(what): \(String(cString: strerror(errno)))", at: nil,
            remedy: "give a folder that you may write in with --state")
    }

    // MARK: One daemon

    /// Holds the folder; the kernel gives it back when the process ends, however that happens.
    ///
    /// `@unchecked Sendable`: the descriptor is opened in `init`, closed in `deinit`, and not used in between.
    final class Lock: @unchecked Sendable {
        private let descriptor: Int32
        fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }

    /// - Parameters:
    ///   - exclusive: as the daemon does; shared by what runs one job without a daemon.
    ///   - purpose: for whoever is refused.
    /// - Throws: `Diagnostic` that says who holds it.
    func hold(exclusive: Bool, purpose: String) async throws -> Lock {
        let descriptor = try await lock(lockPath, exclusive: exclusive) {
            "\(path): \(holder ?? "another process") works on it already"
        }
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let text = Array("\(purpose), process \(getpid()) on \(host), since \(Moment.now)\n".utf8)
        if exclusive { _ = ftruncate(descriptor, 0) }
        _ = pwrite(descriptor, text, text.count, 0)
        return Lock(descriptor)
    }

    /// For what runs one job without a daemon: two of them would not know of each other.
    func hold(job: String) async throws -> Lock {
        Lock(
            try await lock("\(path)/fires/job-\(job).lock", exclusive: true) {
                "job '\(job)' is being run by another comfyfleet schedule run-now"
            })
    }

    /// Whoever only looks whether it is held has it for an instant, so it is tried for a fifth of a second.
    private func lock(_ path: String, exclusive: Bool, refusal: () -> String) async throws -> Int32 {
        let descriptor = try Self.open(path, O_RDWR | O_CREAT)
        for attempt in 0...20 {
            if flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 { return descriptor }
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            guard attempt < 20 else {
                close(descriptor)
                throw Diagnostic(
                    refusal(), at: nil, remedy: "stop that one, wait for it, or give another folder with --state")
            }
            do { try await Task.sleep(for: .milliseconds(10)) } catch {
                close(descriptor)
                throw error
            }
        }
        defer { close(descriptor) }
        throw Self.failure("lock the file", path)
    }

    /// Whether a daemon holds the folder, in words: `the daemon, process 123 on ops-1, since …`.
    package var daemon: String? {
        let descriptor = Glibc.open(lockPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        return holder ?? "the daemon"
    }

    private var holder: String? {
        guard let bytes = try? TextFile.bytes(of: lockPath, limit: 4096),
            let line = bytes.split(separator: UInt8(ascii: "\n")).first
        else { return nil }
        return String(decoding: line, as: UTF8.self)
    }

    // MARK: Processes of runs

    /// The lock that the process of a run is given as its standard input; nil while a process has it.
    ///
    /// - Throws: `Diagnostic` when the file can't be made.
    func processLock(_ run: String) throws(Diagnostic) -> Int32? {
        let path = processLockPath(run)
        let descriptor = try Self.open(path, O_RDWR | O_CREAT)
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        let code = errno
        close(descriptor)
        guard code == EWOULDBLOCK else { throw Self.failure("lock the file", path) }
        return nil
    }

    /// Whether a process of the run lives.
    func isAlive(_ run: String) -> Bool {
        let descriptor = Glibc.open(processLockPath(run), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    func forgetProcess(_ run: String) { unlink(processLockPath(run)) }
    func forgetOutput(_ run: String) { unlink(outputPath(run)) }
}
