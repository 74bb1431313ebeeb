import Glibc
import Runs
import Support
import Synchronization
import Vault

/// The tokens as they are now: the file is read again whenever it has changed, so that what is created or revoked
/// counts at once.
final class TokenKeeper: Sendable {
    private struct Stamp: Equatable { var inode: UInt64, size: Int64, seconds: Int, nanoseconds: Int }
    private let file: TokenFile
    /// Of the vault's token.
    private let vault: [UInt8]?
    /// Whether a token is needed also where there is none.
    private let isRequired: Bool
    private let known = Mutex<(stamp: Stamp, tokens: [APIToken])?>(nil)

    init(_ file: TokenFile, vault: BearerToken?, isRequired: Bool = false) {
        self.file = file
        self.vault = vault?.digest
        self.isRequired = isRequired
    }

    /// Whether a token is needed. A file of tokens that were all revoked lets nobody in.
    var isGuarded: Bool { isRequired || vault != nil || file.exists }

    enum Finding {
        case client(ClientAccess)
        case expired, wrong
    }

    /// Whose token it is. Digests are compared in constant time, all of them.
    ///
    /// - Throws: `VaultError` when the file can't be read; the vault's token needs no file.
    func find(_ digest: [UInt8]) throws -> Finding {
        if let vault, LibCrypto.equal(vault, digest) { return .client(.vault) }
        var found: APIToken?
        for token in try tokens() where LibCrypto.equal(token.digest, digest) { found = token }
        guard let found else { return .wrong }
        return found.isExpired(at: WallClock.now) ? .expired : .client(ClientAccess(found))
    }

    /// Whether what a request was let in with still holds.
    func stillHolds(_ client: ClientAccess) -> Bool {
        guard let digest = client.digest else { return client.name == ClientAccess.vault.name || !isGuarded }
        guard case .client? = try? find(digest) else { return false }
        return true
    }

    private func tokens() throws -> [APIToken] {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return [] }
        let stamp = Stamp(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
        if let tokens = known.withLock({ $0?.stamp == stamp ? $0?.tokens : nil }) { return tokens }
        let tokens = try file.tokens()
        known.withLock { $0 = (stamp, tokens) }
        return tokens
    }
}
