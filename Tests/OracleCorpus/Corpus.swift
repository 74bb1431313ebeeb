import YAML

/// One case of a corpus, run.
package struct CaseOutcome: Sendable {
    package let id: String
    package let passed: Bool
    /// Texts for the report of failures.
    package let expected: String, actual: String
    package init(id: String, passed: Bool, expected: String, actual: String) {
        self.id = id
        self.passed = passed
        self.expected = expected
        self.actual = actual
    }
}

/// A kind of corpus file: `<name>.json`, read whole; the format is in the README beside the files.
package protocol Corpus: Sendable {
    var name: String { get }
    func run(_ document: Value) async throws -> [CaseOutcome]
}

/// Every corpus that can be run; `scripts/oracle` and the tests go through this list.
package let corpora: [any Corpus] = [
    YAMLCorpus(), InventoryCorpus(), PatternCorpus(),
    FernetCorpus(),
    VaultCorpus(),
    ModulesCorpus(),
    TemplatesCorpus(),
    TemplateFilesCorpus(),
]
