import Inventory
import YAML

/// `patterns.json`: which hosts a play's pattern and `--limit` select.
struct PatternCorpus: Corpus {
    let name = "patterns"

    func run(_ document: Value) throws -> [CaseOutcome] {
        try cases(document, keys: ["files", "inventory", "pattern", "limit", "hosts", "warnings", "error", "message"])
            .map(outcome)
    }

    private func outcome(_ oracle: OracleCase) throws -> CaseOutcome {
        let folder = try ScratchFolder(files: oracle.files())
        let expected: Value =
            oracle.isError
            ? .string("error")
            : .dict([
                "hosts": oracle["hosts"] ?? .null,
                "warnings": .list((oracle["warnings"]?.list ?? []).compactMap(\.string).map(Self.unmatched)),
            ])
        var actual: Value
        var said = ""
        do {
            let inventory = try Inventory.load(oracle.inventories(in: folder.path))
            // `@file` is looked for in the working folder, and here that is the case's own.
            let limit = try oracle["limit"].map { _ in
                try oracle.string("limit").replacing("@", with: "@" + folder.path + "/")
            }
            let selection = try inventory.select(try oracle.string("pattern"), limit: limit)
            actual = .dict([
                "hosts": .list(selection.hosts.map { .string($0) }),
                "warnings": .list(selection.warnings.map { Self.unmatched($0.problem) }),
            ])
        } catch let error as Diagnostics {
            actual = .string("error")
            said = " (\(error))"
        }
        let (left, right) = (JSON.text(expected), JSON.text(actual))
        return CaseOutcome(id: oracle.id, passed: left == right, expected: left, actual: right + said)
    }

    /// The pattern that a warning is about, in Ansible's words and in ours.
    private static func unmatched(_ warning: String) -> Value {
        if let range = warning.firstRange(of: "ignoring: ") { return .string(String(warning[range.upperBound...])) }
        if let range = warning.firstRange(of: "matches the pattern '") {
            return .string(String(warning[range.upperBound...].dropLast()))
        }
        if warning.contains("inclusive subscripts") || warning.hasSuffix("has a dash") {
            return .string("dash in a subscript")
        }
        return .string(warning)
    }
}
