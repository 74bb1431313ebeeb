import Remote
import YAML

extension CallResult {
    /// Standard output as text.
    var output: String { String(decoding: stdout, as: UTF8.self) }
    var errorOutput: String { String(decoding: stderr, as: UTF8.self) }

    /// The last line that says something, for an error message.
    var complaint: String {
        for text in [errorOutput, output] {
            if let line = text.split(separator: "\n").last(where: { !$0.allSatisfy(\.isWhitespace) }) {
                return String(line)
            }
        }
        return "exit status \(status)"
    }

    /// `rc`, `stdout`, `stderr` and their lines.
    var registered: ValueMap {
        let out = Lines.withoutEmptyEnd(output)
        let err = Lines.withoutEmptyEnd(errorOutput)
        return [
            "rc": .int(Int(status)), "stdout": .string(out), "stdout_lines": Lines.list(out), "stderr": .string(err),
            "stderr_lines": Lines.list(err),
        ]
    }

    /// The records of an observation, each ended by a NUL; what follows the last NUL is the rest.
    var records: HostRecords {
        HostRecords(
            stdout.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) })
    }
}

/// What a host answered, record by record. One that it did not send is empty: what a host says is never taken for
/// granted.
struct HostRecords: RandomAccessCollection, Sendable {
    private let texts: [String]
    init(_ texts: [String]) { self.texts = texts }
    var startIndex: Int { 0 }
    var endIndex: Int { texts.count }
    subscript(position: Int) -> String { position < texts.count ? texts[position] : "" }
}

extension ModuleResult {
    /// What a command gave that ran as it was: failed unless its status is 0, its output with every line end.
    init(of ended: CallResult) {
        changed = true
        failed = ended.status != 0
        if failed { message = "non-zero return code" }
        values = [
            "rc": .int(Int(ended.status)), "stdout": .string(ended.output), "stdout_lines": Lines.list(ended.output),
            "stderr": .string(ended.errorOutput), "stderr_lines": Lines.list(ended.errorOutput),
        ]
    }
}

/// Text in lines, as Python's `splitlines` sees them.
enum Lines {
    static func split(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\n", previous == "\r" {
                previous = scalar
                continue
            }
            switch scalar {
            case "\n", "\r", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(String(line))
                line = String.UnicodeScalarView()
            default: line.append(scalar)
            }
            previous = scalar
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }
    static func list(_ text: String) -> Value { .list(split(text).map { .string($0) }) }

    /// Line ends at the end of the text taken away.
    static func withoutEmptyEnd(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
        return String(scalars)
    }
}
