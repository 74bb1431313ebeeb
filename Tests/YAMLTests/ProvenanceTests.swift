import Testing
import YAML

/// What is known of values that are read.
struct ProvenanceTests {
    @Test(arguments: ["a: '{{ x }}'\nb: [1, yes, 1.5]\n", #"{"a": "{{ x }}", "b": [1, true, 1.5]}"#])
    func `a file that is trusted gives its scalars trust and places, any other gives none`(text: String) throws {
        let trusted = try #require(
            try YAMLParser.parse(Array(text.utf8), file: "f.yml", isTrusted: true).root.value.map)
        #expect(trusted["a"]?.provenance.isTrusted == true && trusted["a"]?.provenance.origin?.line == 1)
        for item in trusted["b"]?.list ?? [] {
            #expect(item.provenance.isTrusted && item.provenance.origin?.file == "f.yml")
        }
        let data = try YAMLParser.parse(Array(text.utf8), file: "f.yml").root.value.map
        #expect(data?["a"]?.provenance.isTrusted == false && data?["a"]?.provenance.origin == nil)
    }

    @Test func `what stands below !unsafe is no template, at any depth`() throws {
        let map = try YAMLParser.parse(
            Array("a: !unsafe {b: ['{{ x }}']}\nc: ['{{ y }}', !unsafe '{{ z }}']\n".utf8), file: "f.yml",
            isTrusted: true
        ).root.value.map
        #expect(map?["a"]?.map?["b"]?.list?.first?.provenance.isTrusted == false)
        #expect(map?["c"]?.list?.map(\.provenance.isTrusted) == [true, false])
    }

    @Test func `it takes no part in comparing values, and a value is no larger for it than four words`() {
        #expect(Value.string("a", .trusted) == .string("a") && Value.int(1, .secret("x")) == .int(1))
        #expect(Set([Value.string("a", .trusted), .string("a", .secret("x"))]).count == 1)
        #expect(MemoryLayout<Value>.stride <= 32 && MemoryLayout<Provenance>.size == 8)
    }
}
