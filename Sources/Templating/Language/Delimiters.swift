/// The delimiters and whitespace rules that a text is read with.
struct Delimiters: Sendable, Hashable {
    var variableStart = "{{", variableEnd = "}}"
    var blockStart = "{%", blockEnd = "%}"
    var commentStart = "{#", commentEnd = "#}"
    var trimBlocks = true, lstripBlocks = false
    var newlineSequence = "\n"
    var keepsTrailingNewline = false
    /// In a task's argument a backslash in a string literal of `{{ }}` stands for itself.
    var keepsBackslashes = false

    static let argument: Delimiters = {
        var delimiters = Delimiters()
        delimiters.keepsBackslashes = true
        return delimiters
    }()
}

enum TemplateText {
    /// Whether a string can be anything but itself. The one test that every plain string of a playbook goes through.
    static func mayBeTemplate(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= 2 else { return false }
            var index = 0
            let last = bytes.count - 1
            while index < last {
                if bytes[index] == UInt8(ascii: "{") {
                    let next = bytes[index + 1]
                    if next == UInt8(ascii: "{") || next == UInt8(ascii: "%") || next == UInt8(ascii: "#") {
                        return true
                    }
                }
                index += 1
            }
            return false
        }
    }
}
