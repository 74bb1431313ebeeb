import Glibc

/// Files beside the playbook, for lookups and included templates.
enum SearchPath {
    /// The first file of this name: as it stands when absolute, else in each folder's `subfolder` and in the folder itself.
    static func find(_ name: String, in folders: [String], subfolder: String?) -> String? {
        if name.hasPrefix("/") { return isReadable(name) ? name : nil }
        for folder in folders {
            if let subfolder, isReadable("\(folder)/\(subfolder)/\(name)") { return "\(folder)/\(subfolder)/\(name)" }
            if isReadable("\(folder)/\(name)") { return "\(folder)/\(name)" }
        }
        return nil
    }

    private static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    static func bytes(_ path: String) throws(TemplateError) -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw .other("cannot read \(path): \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            result.append(contentsOf: chunk[..<count])
        }
        guard ferror(file) == 0 else { throw .other("cannot read \(path)") }
        return result
    }

    static func text(_ path: String) throws(TemplateError) -> String {
        let bytes = try bytes(path)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .other("\(path) is not UTF-8 text") }
        return text
    }
}
