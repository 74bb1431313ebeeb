import Testing
import YAML

/// Texts as Python's `json` reads and writes them.
@Test(arguments: [
    (#"{"b": 1, "a": [true, null, -0.5], "b": 2}"#, #"{"b": 2, "a": [true, null, -0.5]}"#),
    (
        #"[123456789012345678901234567890, -0, 1e3, 1E-7, 1e999, NaN, -Infinity]"#,
        #"[123456789012345678901234567890, 0, 1000.0, 1e-07, Infinity, NaN, -Infinity]"#
    ),
    (#""\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\""#, #""é😀/\b\f\n\r\t\"\\""#),
    (" \n\t\r[ ] ", "[]"),
]) func roundTrip(text: String, again: String) throws {
    #expect(JSON.text(try JSON.parse(Array(text.utf8))) == again)
}

@Test(arguments: [
    ("", "json:1:1: the text ends where a value should be"),
    (#"{"a": 1,}"#, "json:1:9: '}' where a key in double quotes should be"),
    ("{\n \"é\" 1}", "json:2:6: '1' where ':' should be"),
    ("[1 2]", "json:1:4: '2' where ',' or ']' should be"),
    ("01", "json:1:2: '1' after the value"),
    (#""\ud83d""#, "json:1:3: half of a surrogate pair"),
    (#""\ud83d\u0041""#, "json:1:3: half of a surrogate pair"),
    ("\"a\nb\"", "json:1:3: a control character in a string"),
    ("\"abc", "json:1:1: a string that never ends"),
]) func brokenText(text: String, begin: String) throws {
    let error = try #require(throws: Diagnostics.self) { try JSON.parse(Array(text.utf8)) }
    #expect(error.description.hasPrefix(begin), "\(error)")
}

@Test func writing() {
    let value: Value = .dict(["z": .string("é😀\u{1}\u{7f}"), "a": .list([.int(1), .dict([:])])])
    #expect(
        JSON.text(value, spaced: false, sortedKeys: true, ascii: true)
            == #"{"a":[1,{}],"z":"\u00e9\ud83d\ude00\u0001\u007f"}"#)
    #expect(
        JSON.pretty(value, indent: 2, sortedKeys: true)
            == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"z\": \"é😀\\u0001\u{7f}\"\n}")
}
