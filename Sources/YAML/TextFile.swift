import Glibc
import Support

/// Reads files that a person wrote.
package enum TextFile {
    /// The whole file.
    ///
    /// - Parameters:
    ///   - limit: in bytes; a larger file is refused, so that a wrong path cannot fill the memory. 64 MiB is chosen: no
    ///     text that a person keeps comes near it.
    ///   - refusesOpenToAll: whether a file that everybody may write to is refused.
    /// - Throws: a diagnostic that names the file and the reason: missing, not readable, a folder, no regular file, too
    ///   large.
    package static func bytes(
        of path: String, limit: Int = 64 << 20, refusesOpenToAll: Bool = false
    ) throws(Diagnostic) -> [UInt8] {
        let file: (descriptor: Int32, size: Int)
        do throws(RegularFile.Problem) { file = try RegularFile.open(path) } catch {
            throw Diagnostic("\(path): \(reason(error))", at: nil)
        }
        defer { close(file.descriptor) }
        var status = stat()
        if refusesOpenToAll, fstat(file.descriptor, &status) == 0, status.st_mode & 0o002 != 0 {
            throw Diagnostic("\(path): others may write to it", at: nil, remedy: "chmod o-w it")
        }
        guard file.size <= limit else { throw Diagnostic("\(path): is larger than \(limit >> 20) MiB", at: nil) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(file.size)
        while true {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let got = read(file.descriptor, buffer.baseAddress, buffer.count)
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw Diagnostic("\(path): \(reason(.system(failure)))", at: nil) }
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { throw Diagnostic("\(path): is larger than \(limit >> 20) MiB", at: nil) }
        }
    }

    /// The whole of a file that has its place by its name and says what runs: refused where another user could have put
    /// or changed it (`FilePurpose.settings`).
    package static func settings(_ path: String, limit: Int = 64 << 20) throws(Diagnostic) -> [UInt8] {
        let bytes: [UInt8]?
        do throws(FileProblem) { bytes = try PrivateFile.read(path, for: .settings, limit: limit) } catch {
            throw Diagnostic(error)
        }
        guard let bytes else { throw Diagnostic("\(path): \(reason(.system(ENOENT)))", at: nil) }
        return bytes
    }

    /// The whole of a file whose texts are trusted: templates, variables, tasks. Refused where the program itself
    /// writes what hosts said.
    package static func trusted(_ path: String) throws(Diagnostic) -> [UInt8] {
        guard !OwnFolders.hold(path) else {
            throw Diagnostic(
                "\(path): is data, as all that the program writes itself", at: nil, remedy: OwnFolders.remedy)
        }
        return try bytes(of: path)
    }

    private static func reason(_ problem: RegularFile.Problem) -> String {
        switch problem {
        case .notRegular: "is not a regular file"
        case .system(EISDIR): "is a folder, and a file is needed"
        case .system(ENOENT): "no such file or folder"
        case .system(EACCES): "may not be read by this user"
        case .system(let code): String(cString: strerror(code)).lowercased()
        }
    }
}
