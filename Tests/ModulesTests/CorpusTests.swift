import Modules
import OracleCorpus
import TestSupport
import Testing

@Suite struct ModulesCorpusTests {
    /// Where the result is another one on purpose, or the runner cannot know.
    static let differences: [String: String] = [
        "copy/074": "an owner that does not exist is told of before the file is written, not after",
        "raw/003": "recorded on a terminal, which joins stderr to stdout",
        "script/005": "the machine has no Python",
        "set_fact/009": "recorded with the name as data; one that a playbook writes out is a template in Ansible, too",
    ]

    @Test(
        .enabled(if: Machines.unavailable == nil, "needs booted machines"), .timeLimit(.minutes(20)),
        arguments: [Fixtures.oracle, Fixtures.observed])
    func everyCaseComesOutAsAnsibles(folder: String) async throws {
        let file = try #require(try CorpusFile.all(in: folder).first { $0.name == "modules" })
        let library = BuiltinModules()
        let outcomes = try await file.run().filter { outcome in
            library.spec(named: String(outcome.id.prefix { $0 != "/" })) != nil
        }
        #expect(outcomes.count > 100)
        for outcome in outcomes
        where !outcome.passed && (folder == Fixtures.observed || Self.differences[outcome.id] == nil) {
            Issue.record("\(outcome.id): expected \(outcome.expected), got \(outcome.actual)")
        }
    }
}
