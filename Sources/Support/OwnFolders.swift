import Glibc

/// The folders below the current one that the program itself writes to. What hosts, programs and clients said stands in
/// their files, so nothing there is trusted as a template, as variables or as tasks.
package enum OwnFolders {
    private static let paths = ["logs", "data/schedule", "data/remote"]

    /// Whether a file lies there, with the links on its way followed.
    package static func hold(_ path: String) -> Bool {
        guard let file = real(path) else { return false }
        return paths.compactMap(real).contains { file == $0 || file.hasPrefix($0 + "/") }
    }

    package static let remedy = "keep templates, variables and tasks outside of logs and data"

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
