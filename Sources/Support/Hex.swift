import Redaction

/// Bytes as hexadecimal digits, two for each, in lower case.
package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The bytes that the digits stand for; nil where they are none, or one is missing.
    package static func bytes(of text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }

    /// `count` random bytes of the system's generator: names that nobody can guess.
    package static func random(bytes count: Int) -> String {
        text((0..<count).map { _ in UInt8.random(in: 0 ... .max) })
    }

    /// Of a digest, and of nothing else: a secret that is written in digits is one still.
    package static func shown(digest bytes: some Sequence<UInt8>) -> RedactedText {
        bytes.flatMap { [shownDigits[Int($0 >> 4)], shownDigits[Int($0 & 15)]] }.joined()
    }
    private static let shownDigits: [RedactedText] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f",
    ]
}
