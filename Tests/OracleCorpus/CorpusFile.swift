import Glibc
import YAML

/// A corpus file and the runner that knows it.
package struct CorpusFile: Sendable {
    package let name: String
    package let path: String
    /// Nil when there is no runner of this name.
    package let corpus: (any Corpus)?

    /// The corpus files of a folder, by name.
    ///
    /// - Throws: when the folder cannot be read.
    package static func all(in folder: String) throws -> [CorpusFile] {
        guard let directory = opendir(folder) else {
            throw CorpusError("\(folder): \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(String(name.dropLast(5))) }
        }
        return names.sorted().map { name in
            CorpusFile(name: name, path: folder + "/" + name + ".json", corpus: corpora.first { $0.name == name })
        }
    }

    /// Runs every case; none when there is no runner.
    package func run() async throws -> [CaseOutcome] {
        guard let corpus else { return [] }
        return try await corpus.run(try document())
    }

    private func document() throws -> Value { try JSON.parse(TextFile.bytes(of: path), file: path) }
}
