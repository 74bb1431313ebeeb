import Foundation
import TestSupport
import YAML

/// What the tests' fixtures hold, to begin with.
enum Samples {
    /// The texts under a key of a corpus's cases; of a mapping of texts, all of them.
    static func texts(_ corpus: String, _ key: String) -> [String] {
        [Fixtures.oracle, Fixtures.observed].flatMap { folder -> [String] in
            guard let text = FileManager.default.contents(atPath: "\(folder)/\(corpus).json"),
                let document = try? JSON.parse(Array(text))
            else { return [] }
            return (document.map?["cases"]?.list ?? document.list ?? []).flatMap { item -> [String] in
                switch item.map?[key] {
                case .string(let text, _)?: [text]
                case .dict(let map)?: map.pairs.values.compactMap(\.string)
                case .list(let items)?: items.compactMap(\.string)
                default: []
                }
            }.filter { !reachesOut($0) && $0.utf8.count < 4096 }
        }
    }

    static func files(_ folder: String, _ suffix: String) -> [String] {
        let root = Fixtures.folder + "/" + folder
        let names = (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).filter {
            $0.hasSuffix(suffix)
        }.sorted()
        return names.compactMap {
            FileManager.default.contents(atPath: "\(root)/\($0)").map { String(decoding: $0, as: UTF8.self) }
        }.filter { $0.utf8.count < 8192 }
    }

    /// A template that runs commands or writes files is not for this.
    static func reachesOut(_ text: some StringProtocol) -> Bool {
        ["pipe", "lines'", "lines\"", "password'", "password\"", "with_lines"].contains { text.contains($0) }
    }
}
