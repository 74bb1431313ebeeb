public import YAML

/// One case of a corpus, run.
public struct CaseOutcome: Sendable {
    public let id: String
    public let passed: Bool
    /// Texts for the report of failures.
    public let expected: String, actual: String
    public init(id: String, passed: Bool, expected: String, actual: String) {
        self.id = id
        self.passed = passed
        self.expected = expected
        self.actual = actual
    }
}

/// A kind of corpus file: `<name>.json`, read whole; the format is in the README beside the files.
public protocol Corpus: Sendable {
    var name: String { get }
    func run(_ document: Value) async throws -> [CaseOutcome]
}

/// Every corpus that can be run; `scripts/oracle` and the tests go through this list.
public let corpora: [any Corpus] = [
    YAMLCorpus(), InventoryCorpus(), PatternCorpus(),
    FernetCorpus(),
    VaultCorpus(),
    ModulesCorpus(),
    TemplatesCorpus(),
    TemplateFilesCorpus(),
]
