import Glibc
import Support

/// Where the vault and its key lie.
///
/// Both are looked for in `config/` first, then in the folder itself; where neither exists they belong in `config/`.
package struct VaultFiles: Sendable, Hashable {
    /// `comfyvn.secrets.json`
    package var vault: String
    /// `comfyvn.secrets.key`
    package var key: String
    /// `comfyfleet.journals.key`: what journals of runs are sealed with, itself sealed under the vault's key
    /// (`JournalKeys`).
    package var journalKeys: String
    /// `comfyfleet.state.key`: stands in for the vault's key where there is none.
    package var stateKey: String

    package static let keyVariable = "COMFYVN_SECRETS_KEY"

    package init(vault: String, key: String) {
        self.init(vault: vault, key: key, state: PrivateFile.folder(of: key) + "/")
    }

    private init(vault: String, key: String, state prefix: String) {
        self.vault = vault
        self.key = key
        journalKeys = prefix + "comfyfleet.journals.key"
        stateKey = prefix + "comfyfleet.state.key"
    }

    /// - Parameter folder: the project's folder; paths are given relative to it as written (`config/…` for the current
    ///   one).
    package init(in folder: String = ".") {
        self.init(
            vault: Self.locate("comfyvn.secrets.json", in: folder), key: Self.locate("comfyvn.secrets.key", in: folder),
            state: folder == "." ? "config/" : folder + "/config/")
    }

    /// Whether a path leads to a vault, a key, or what lies beside them while they are replaced, by whatever link.
    ///
    /// Who reads other files asks first: what is wrong in a file is reported with its text.
    package static func isSecret(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR, let real = realpath(path, nil) else {
            return false
        }
        defer { free(real) }
        let name = String(cString: real).split(separator: "/").last ?? ""
        if name.hasPrefix("comfyvn.secrets.") || name.hasPrefix("api.tokens.") || name.hasSuffix(".key")
            || name.contains(".key.")
        {
            return true
        }
        let files = VaultFiles()
        return [files.vault, files.key, files.pendingKey, files.stateKey, files.journalKeys].contains { file in
            var other = stat()
            return stat(file, &other) == 0 && other.st_dev == status.st_dev && other.st_ino == status.st_ino
        }
    }

    /// A rotation's new key, from before the vault is replaced until the key is.
    var pendingKey: String { key + ".new" }
    /// Held by whoever changes the vault or the key. It is never removed: a lock on a removed file excludes nobody.
    var lock: String { vault + ".lock" }

    private static func locate(_ name: String, in folder: String) -> String {
        let prefix = folder == "." ? "" : folder + "/"
        return [prefix + "config/" + name, prefix + name].first { access($0, F_OK) == 0 } ?? prefix + "config/" + name
    }
}
