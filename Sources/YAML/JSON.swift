/// JSON as Python's `json` module reads and writes it: order kept, integers unbounded, `NaN` and `Infinity` let in.
package enum JSON {
    /// Reads one value. Of a key that stands twice the last one counts, as in Python.
    ///
    /// - Throws: `Diagnostics` with the place of the first thing that is not JSON. The text's content is not in it but
    ///   for one character.
    /// - Parameter isTrusted: as `YAMLParser.parse` has it.
    package static func parse(
        _ text: [UInt8], file: String = "json", isTrusted: Bool = false
    ) throws(Diagnostics) -> Value {
        if let problem = TextEncoding.problem(in: text, file: file) { throw Diagnostics([problem]) }
        var reader = JSONReader(
            text, file: file, source: isTrusted ? Provenance.Source(file: file, isTrusted: true) : nil)
        do throws(Diagnostic) { return try reader.document().value } catch { throw Diagnostics([error]) }
    }

    /// One line, `", "` and `": "` between items when `spaced`, keys in their order or sorted.
    ///
    /// What JSON has no type for: bytes become text, dates ISO 8601 text, sets lists, `omit` null; a key that is no
    /// text becomes one, as in Python.
    package static func text(
        _ value: Value, spaced: Bool = true, sortedKeys: Bool = false, ascii: Bool = false
    ) -> String {
        var writer = JSONWriter(spaced: spaced, sortedKeys: sortedKeys, ascii: ascii, indent: nil)
        writer.write(value)
        return writer.text
    }

    /// Many lines, each level indented by `indent` spaces.
    package static func pretty(_ value: Value, indent: Int = 4, sortedKeys: Bool = false, ascii: Bool = false) -> String
    {
        var writer = JSONWriter(spaced: true, sortedKeys: sortedKeys, ascii: ascii, indent: indent)
        writer.write(value)
        return writer.text
    }

    /// A string with its quotes. `ascii` writes all that is not printable ASCII as `\u` escapes.
    package static func quoted(_ string: String, ascii: Bool = false) -> String {
        if isPlain(string, ascii: ascii) { return "\"" + string + "\"" }
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{c}": text += "\\f"
            case _ where scalar.value < 0x20 || ascii && scalar.value > 0x7e:
                for unit in String(scalar).utf16 { text += "\\u" + hex(UInt32(unit), 4) }
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// Nothing in it is escaped, as in most strings: found out byte by byte, which is much cheaper than to copy each
    /// character.
    private static func isPlain(_ string: String, ascii: Bool) -> Bool {
        var string = string
        return string.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || ascii && byte > 0x7e {
                    return false
                }
                index += 1
            }
            return true
        }
    }
}
