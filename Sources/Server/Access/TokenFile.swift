import Glibc
import Redaction
import Runs
import Support
import Vault
import YAML

/// `config/api.tokens.json`: the tokens that there are, readable by its owner only. Without the file, and without the
/// vault's token, the API needs none.
///
/// ```swift
/// let token = try await TokenFile().create("ci", rights: [.read, .check], lasting: 30 * 86400)
/// ```
package struct TokenFile: Sendable {
    package static let defaultPath = "config/api.tokens.json"
    package let path: String
    package init(_ path: String = defaultPath) { self.path = path }

    /// Where that can't be known there is one: it must not open the API.
    package var exists: Bool { access(path, F_OK) == 0 || errno != ENOENT }

    /// - Throws: `VaultError` for a file that can't be read, or is not this program's: nobody is let in then.
    package func tokens() throws(VaultError) -> [APIToken] {
        guard let bytes = try onDisk({ () throws(FileProblem) in try PrivateFile.read(path, limit: 1 << 20) }) else {
            return []
        }
        guard let map = (try? JSON.parse(bytes, file: path))?.map, map["version"]?.int == 1,
            let list = map["tokens"]?.list
        else { throw malformed }
        let tokens = list.compactMap(APIToken.init)
        guard tokens.count == list.count else { throw malformed }
        return tokens
    }

    /// - Parameters:
    ///   - seconds: until it expires; nil for never.
    ///   - playbooks: names of installers, and paths; nil for all.
    ///   - hosts: patterns; nil for all.
    ///   - note: called when nothing stands in the way any more, before anything is written; what it throws stops it.
    /// - Returns: the token, which is nowhere else.
    /// - Throws: `VaultError` when there is one of that name, or the file can't be written.
    package func create(
        _ name: String, rights: Set<AccessRight>, lasting seconds: Double? = nil, playbooks: [String]? = nil,
        hosts: [String]? = nil, noting note: () throws -> Void = {}
    ) async throws -> Secret<String> {
        guard APIToken.isName(name) else {
            throw VaultError(
                .badRequest,
                "a token's name has letters, digits, '.', '_' and '-', at most 64 of them, and is not 'vault' or 'none'"
            )
        }
        let secret = try ServerToken.make()
        let now = WallClock.now
        let token = APIToken(
            name: name, digest: BearerToken.digest(of: secret), created: now, expires: seconds.map { now + $0 },
            rights: rights, playbooks: playbooks, hosts: hosts)
        try await change { tokens in
            guard !tokens.contains(where: { $0.name == name }) else {
                throw VaultError(
                    .badRequest, "there is a token of that name", path: path,
                    remedy: "choose another name, or first: comfyfleet token revoke \(name)")
            }
            try note()
            tokens.append(token)
        }
        return secret
    }

    /// - Throws: `VaultError` when there is none of that name, or the file can't be written.
    package func revoke(_ name: String, noting note: () throws -> Void = {}) async throws {
        try await change { tokens in
            guard tokens.contains(where: { $0.name == name }) else {
                throw VaultError(
                    .badRequest, "there is no token of that name", path: path, remedy: "see comfyfleet token list")
            }
            try note()
            tokens.removeAll { $0.name == name }
        }
    }

    private func change(_ body: (inout [APIToken]) throws -> Void) async throws {
        try onDisk { () throws(FileProblem) in try PrivateFile.makeFolder(of: path) }
        try await FileLock.hold("\(path).lock", guarding: "the API's tokens") {
            var tokens = try self.tokens()
            try body(&tokens)
            let file: ValueMap = ["version": .int(1), "tokens": .list(tokens.map(\.json))]
            try onDisk { () throws(FileProblem) in
                try PrivateFile.replace(path, Array((JSON.pretty(.dict(file)) + "\n").utf8))
            }
        }
    }

    private var malformed: VaultError {
        VaultError(
            .file, "this is not a token file that this version can read", path: path,
            remedy: "restore it, or remove it and create the tokens again")
    }
}
