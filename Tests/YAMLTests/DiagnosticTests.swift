import Testing
import YAML

/// What is wrong in a text, where, and what to do: the begin of the message that a text gives.
@Test(arguments: [
    (
        "a:\n\tb: 1\n",
        "f.yml:2:1: while scanning for the next token, found character that cannot start any token; indent with spaces"
    ),
    (
        "- debug:\n    msg: {{ x }}\n",
        "f.yml:2:11: a mapping cannot be a key; if this is a template, quote the whole value"
    ),
    (
        "k: {{ x }}/y\n",
        "f.yml:1:11: while parsing a block mapping, did not find expected key; quote the whole value that holds a template"
    ),
    ("k: a: b\n", "f.yml:1:5: mapping values are not allowed in this context; quote the whole value"),
    (
        "k: @a\n",
        "f.yml:1:4: while scanning for the next token, found character that cannot start any token; a value that begins with '@' must be quoted"
    ),
    ("k: \"é\n\n", "f.yml:1:4: a quoted text that never ends; close the quote"),
    ("é: *x\n", "f.yml:1:4: the alias '*x' has no anchor '&x' before it"),
    ("a: &x [*x]\n", "f.yml:1:8: the alias '*x' stands inside of what it names"),
    ("a: &x 1\nb: &x 2\n", "f.yml:2:4: the anchor '&x' is set twice"),
    ("a: 1\n---\nb: 2\n", "f.yml:2:1: a second document begins here"),
    ("a: !foo 1\n", "f.yml:1:4: unknown tag '!foo'"),
    (
        "a: 2020-13-01\nb: !!int x\n",
        "f.yml:1:4: there is no such date as '2020-13-01'; quote it if it is meant as text\nf.yml:2:4: 'x' is not an integer"
    ),
    ("a: " + String(repeating: "1:", count: 3000) + "1\n", "f.yml:1:4: a number of more than 4300 digits"),
    ("a: b\u{0}", "f.yml:1:5: a NUL byte: this is no text file"),
    ("a: \u{7}\n", "f.yml:1:4: control characters are not allowed"),
]) func message(text: String, begin: String) throws {
    let error = try #require(throws: Diagnostics.self) { try YAMLParser.parse(Array(text.utf8), file: "f.yml") }
    #expect(error.description.hasPrefix(begin), "\(error)")
}

@Test(
    arguments: [
        ([0xFF, 0xFE, 0x61, 0x00], "f.yml:1:1: the text is UTF-16"),
        ([0x61, 0x00, 0x3A, 0x00], "f.yml:1:2: the text is UTF-16 or no text at all"),
        ([0x61, 0x0A, 0xC3, 0xA9, 0xE9, 0x62], "f.yml:2:2: the byte 0xe9 is not UTF-8"),
    ] as [([UInt8], String)]) func bytesThatAreNoText(bytes: [UInt8], begin: String) throws
{
    let error = try #require(throws: Diagnostics.self) { try YAMLParser.parse(bytes, file: "f.yml") }
    #expect(error.description.hasPrefix(begin), "\(error)")
}

@Test func aliasesCannotMakeAShortTextHuge() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
        text +=
            "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    let error = try #require(throws: Diagnostics.self) { try YAMLParser.parse(Array(text.utf8), file: "f.yml") }
    #expect(error.description.contains("aliases make this text more than"))
}

@Test(arguments: ["[", "- ", "{a: "]) func nestingIsBounded(opening: String) throws {
    let text = String(repeating: opening, count: 100_000)
    let error = try #require(throws: Diagnostics.self) { try YAMLParser.parse(Array(text.utf8), file: "f.yml") }
    #expect(error.description.contains("nested deeper than 256 levels"), "\(error)")
    #expect(throws: Diagnostics.self) { try JSON.parse(Array(text.utf8)) }
}

@Test func everyNodeKnowsItsPlace() throws {
    let document = try YAMLParser.parse(Array("- é: [1, x]\n  y: |\n    z\n".utf8), file: "f.yml")
    let map = try #require(document.root.items?.first)
    #expect("\(map.mark)" == "f.yml:1:3")
    #expect(map["é"]?.items?.map { "\($0.mark)" } == ["f.yml:1:7", "f.yml:1:10"])
    #expect("\(try #require(map["y"]).mark)" == "f.yml:2:6")
    let json = try YAMLParser.parse(Array("{\n \"a\": [1,\n  2e1]}".utf8), file: "f.json")
    #expect(
        json.root["a"]?.items?.map { "\($0.mark) \($0.value.pythonTypeName) \(JSON.text($0.value))" } == [
            "f.json:2:8 int 1", "f.json:3:3 float 20.0",
        ])
}
