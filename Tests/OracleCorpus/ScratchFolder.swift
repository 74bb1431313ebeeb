import Foundation

/// A folder of a case's own, removed when it is let go of.
final class ScratchFolder {
    let path: String

    /// - Parameter files: their texts by path below the folder.
    init(files: [(path: String, text: String)]) throws {
        var template = Array("/tmp/comfyfleet-oracle.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CorpusError("no temporary folder: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for file in files {
            var folder = path
            for part in file.path.split(separator: "/").dropLast() {
                folder += "/" + part
                mkdir(folder, 0o700)
            }
            guard let handle = fopen(path + "/" + file.path, "w") else {
                throw CorpusError("\(file.path): \(String(cString: strerror(errno)))")
            }
            defer { fclose(handle) }
            let bytes = Array(file.text.utf8)
            guard fwrite(bytes, 1, bytes.count, handle) == bytes.count else {
                throw CorpusError("\(file.path): cannot be written")
            }
            if file.text.hasPrefix("#!") { chmod(path + "/" + file.path, 0o700) }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
