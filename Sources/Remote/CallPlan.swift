import Glibc

/// How a call goes over the channel: the command that is sent at once, and its stdin, when the host says that it is
/// ready for it.
struct CallPlan {
    var command: String
    /// Sent in counted chunks.
    var upload: Call.Input?

    /// Up to this many bytes of encoded stdin travel as a word of the call's command; more goes by `dd`, with one round
    /// trip more.
    private static let inlineInputLimit = 8192

    /// - Parameter proof: of the call's end.
    init(_ call: Call, number: Int, hasGroup: Bool, proof: String) throws(InvalidCall) {
        let word = try Self.word(for: call)
        let run = "\(hasGroup ? "_g" : "_c") \(number) \(proof)"
        switch call.stdin {
        case .bytes(let bytes) where bytes.isEmpty:
            command = "_p \(run) \(word)\n"
        case .bytes(let bytes):
            if let inline = Self.inlineInput(bytes) {
                command = "_p \(run) \(word) s \(inline)\n"
            } else {
                command = "_i \(run) \(word)\n"
                upload = call.stdin
            }
        case .file:
            command = "\(hasGroup ? "_i" : "_j") \(run) \(word)\n"
            upload = call.stdin
        }
    }

    /// A call's script as a word of the attached shell's: no arguments of the session's functions, its environment,
    /// then what it says.
    private static func word(for call: Call) throws(InvalidCall) -> String {
        var text = "set --\n"
        for (name, value) in call.environment {
            guard isVariableName(name) else {
                throw InvalidCall("\(name.debugDescription) can't be the name of an environment variable")
            }
            text += "export \(name)=\(value.singleQuoted)\n"
        }
        text += call.script
        guard !text.utf8.contains(0) else {
            throw InvalidCall("a script or its environment holds a NUL byte; data goes to stdin")
        }
        return text.singleQuoted
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// Bytes as a quoted word for `printf %b`, pure ASCII, so that no locale matters; nil when it would be longer than
    /// the limit.
    private static func inlineInput(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= inlineInputLimit else { return nil }
        var word: [UInt8] = [UInt8(ascii: "'")]
        word.reserveCapacity(bytes.count + 16)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "'"):
                word += [UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "'")]
            case UInt8(ascii: "\\"): word += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"), 0x20...0x7e: word.append(byte)
            default:
                word += [
                    UInt8(ascii: "\\"), UInt8(ascii: "0"), 0x30 + (byte >> 6), 0x30 + (byte >> 3 & 7),
                    0x30 + (byte & 7),
                ]
            }
            guard word.count < inlineInputLimit else { return nil }
        }
        word.append(UInt8(ascii: "'"))
        return String(decoding: word, as: UTF8.self)
    }
}
