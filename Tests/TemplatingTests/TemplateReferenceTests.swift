import TestSupport
import Testing

@testable import Templating

/// The reference is made of the tables by which templates are run.
@Suite struct TemplateReferenceTests {
    @Test func `every filter, test and lookup says what it does`() {
        #expect(Set(Filters.summaries.keys) == Set(Filters.names))
        #expect(Set(TemplateTests.summaries.keys) == Set(TemplateTests.names))
        #expect(Set(Lookups.summaries.keys) == Set(Lookups.table.keys))
        for entry in TemplateReference.filters + TemplateReference.tests + TemplateReference.lookups {
            #expect(entry.summary.hasSuffix("."), "\(entry.name)")
        }
    }

    @Test func `what must be given is told from what may be`() {
        let calls = Dictionary(uniqueKeysWithValues: TemplateReference.filters.map { ($0.name, $0.call) })
        #expect(
            calls["upper"] == "upper" && calls["replace"] == "replace(old, new, count=)"
                && calls["combine"] == "combine(*, **)")
    }

    @Test func `docs/filters.md is what the tables say`() throws {
        #expect(try GeneratedDocument.difference("filters.md", from: TemplateReference.markdown) == nil)
    }
}
