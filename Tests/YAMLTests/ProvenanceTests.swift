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

    @Test func `a text of ansible-vault is known as one, and is neither template nor secret before it is decrypted`()
        throws
    {
        let text = Array("a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n".utf8)
        let value = try YAMLParser.parse(text, file: "f.yml", isTrusted: true).root.value.map?["a"]
        #expect(value == .string("$ANSIBLE_VAULT;1.1;AES256\n6161\n"))
        let known = try #require(value?.provenance)
        #expect(known.isEncrypted && !known.isTrusted && !known.isSecret)
        #expect(known.origin.map { "\($0)" } == "f.yml:1:4")
        #expect(throws: Diagnostics.self) { try YAMLParser.parse(text, file: "f.yml") }
    }

    @Test(arguments: ["a: '{{ x }}'\nb: [1, yes]\nc: !vault x\n", #"{"a": "{{ x }}", "b": [1, true]}"#])
    func `all values of a file that was encrypted are secrets, named by their places; its keys are not`(
        text: String
    ) throws {
        let root = try YAMLParser.parse(Array(text.utf8), file: "f.yml", isTrusted: true, isSecret: true).root
        let map = try #require(root.value.map)
        #expect(map["a"]?.provenance.label == "f.yml:1" && map["a"]?.provenance.isTrusted == true)
        #expect(map["b"]?.list?.allSatisfy(\.provenance.isSecret) == true)
        #expect(map.pairs.keys.allSatisfy { !$0.provenance.isSecret })
        #expect(map["c"]?.provenance.isEncrypted ?? true)
    }

    @Test func `it takes no part in comparing values, and a value is no larger for it than four words`() {
        #expect(Value.string("a", .trusted) == .string("a") && Value.int(1, .secret("x")) == .int(1))
        #expect(Set([Value.string("a", .trusted), .string("a", .secret("x"))]).count == 1)
        #expect(MemoryLayout<Value>.stride <= 32 && MemoryLayout<Provenance>.size == 8)
    }
}
