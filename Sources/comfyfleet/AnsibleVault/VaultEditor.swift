import Foundation
import Glibc
import Redaction
import Support

/// Opens a text in the user's editor, on a file in memory that only this user can read, and that is wiped afterwards.
enum VaultEditor {
    /// - Parameter name: of the file that is edited, whose extension tells the editor what it is.
    /// - Returns: what the editor has left.
    static func edit(_ plain: [UInt8], name: String) throws -> [UInt8] {
        guard isatty(STDOUT_FILENO) != 0 else { throw VaultUsage("not a tty, editor cannot be opened") }
        let folder = try makeFolder()
        defer { wipe(folder) }
        let path = folder + "/" + (name.split(separator: "/").last.map(String.init) ?? "vault")
        try write(plain, to: path)
        try run(words() + [path])
        return try VaultWork.read(path)
    }

    /// Memory-backed where there is such a place.
    private static func makeFolder() throws -> String {
        let places = ["/dev/shm", "/run/user/\(geteuid())", NSTemporaryDirectory()]
        for place in places {
            var template = Array((place + "/comfyfleet-vault.XXXXXXXX").utf8CString)
            // 0700, by mkdtemp itself.
            if mkdtemp(&template) != nil {
                return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
        throw VaultFailure("no folder for a temporary file can be made in \(places.joined(separator: ", "))")
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw VaultFailure("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw VaultFailure("\(path): \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(count)
        }
    }

    /// The text, and what the editor has put beside it: backups, swap files.
    private static func wipe(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let path = folder + "/" + name
            let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            if descriptor >= 0 {
                var status = stat()
                var rest = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
                let zeros = [UInt8](repeating: 0, count: 1 << 16)
                while rest > 0 {
                    let count = Glibc.write(descriptor, zeros, min(rest, zeros.count))
                    guard count > 0 else { break }
                    rest -= count
                }
                fsync(descriptor)
                close(descriptor)
            }
            unlink(path)
        }
        rmdir(folder)
    }

    private static func words() -> [String] {
        let environment = VaultSession.environment
        let editor = environment["EDITOR"].flatMap { $0.isEmpty ? nil : $0 } ?? "vi"
        // `code --wait`, `sh -c '…'`: split as a shell does, by a shell.
        return ["/bin/sh", "-c", "\(editor) \"$1\"", "sh"]
    }

    /// In the foreground of this terminal. Ctrl-C is the editor's meanwhile.
    private static func run(_ words: [String]) throws {
        let before = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, before) }
        var attributes = posix_spawnattr_t()
        var all = sigset_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            ChildEnvironment.clean.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var child = pid_t()
        let code = posix_spawn(&child, words[0], nil, &attributes, &arguments, &variables)
        guard code == 0 else { throw VaultFailure("the editor can't be started: \(String(cString: strerror(code)))") }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            throw VaultFailure("Unable to execute the command '\(words.last ?? "")': the editor ended with an error")
        }
    }
}
