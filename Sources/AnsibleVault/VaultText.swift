/// A text that `ansible-vault` has encrypted, taken apart: a header of one line, and below it lines of hexadecimal
/// digits, which are the digits of a salt, a code (HMAC) and the ciphertext.
///
///     $ANSIBLE_VAULT;1.2;AES256;prod
///     36656366373561303837343063656430353135323862643835646436386663323836666163353639
///     …
package struct VaultText: Sendable, Hashable {
    /// The name that the header gives its password; nil in version 1.1, which has none.
    package let id: String?
    let salt: [UInt8], code: [UInt8], ciphertext: [UInt8]

    /// What is wrong with a text that says it is one.
    package struct Damage: Error, Sendable, Hashable {
        package let problem: String
    }

    private static let mark = Array("$ANSIBLE_VAULT".utf8)
    /// Of the digits in one line.
    private static let width = 80

    /// Whether it says so itself.
    package static func begins(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: mark) }
    package static func begins(_ text: String) -> Bool { text.utf8.starts(with: mark) }

    init(id: String?, salt: [UInt8], code: [UInt8], ciphertext: [UInt8]) {
        self.id = id
        self.salt = salt
        self.code = code
        self.ciphertext = ciphertext
    }

    /// Takes it apart, without any key. Space around lines does not matter: inline texts are indented.
    package init(_ bytes: [UInt8]) throws(Damage) {
        guard Self.begins(bytes) else { throw Damage(problem: "Input is not vault encrypted data") }
        var lines = Lines(bytes)
        id = try Self.id(ofHeader: lines.next() ?? bytes[...])
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count / 2)
        // A line may end within a byte, so the digits are put together across lines.
        var half: UInt8?
        while let line = lines.next() {
            for byte in line {
                guard let digit = Self.digit(byte) else {
                    throw Damage(problem: "Vault format unhexlify error: Non-hexadecimal digit found")
                }
                if let high = half {
                    digits.append(high << 4 | digit)
                    half = nil
                } else {
                    half = digit
                }
            }
        }
        guard half == nil else { throw Damage(problem: "Vault format unhexlify error: Odd-length string") }
        let parts = digits.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw Damage(problem: "Vault envelope is incomplete: salt, code or data is missing")
        }
        salt = try Self.bytes(parts[0])
        code = try Self.bytes(parts[1])
        ciphertext = try Self.bytes(parts[2])
    }

    /// As `ansible-vault` writes it.
    package var bytes: [UInt8] {
        let inner =
            Self.digits(salt) + [UInt8(ascii: "\n")] + Self.digits(code) + [UInt8(ascii: "\n")]
            + Self.digits(ciphertext)
        var text = Array("$ANSIBLE_VAULT;\(id == nil ? "1.1" : "1.2");AES256\(id.map { ";" + $0 } ?? "")\n".utf8)
        text.reserveCapacity(text.count + inner.count * 2 + inner.count / (Self.width / 2) + 1)
        for (place, byte) in inner.enumerated() {
            text.append(Self.alphabet[Int(byte >> 4)])
            text.append(Self.alphabet[Int(byte & 15)])
            if place % (Self.width / 2) == Self.width / 2 - 1 { text.append(UInt8(ascii: "\n")) }
        }
        if text.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
        return text
    }

    // MARK: Parts

    private static func id(ofHeader line: ArraySlice<UInt8>) throws(Damage) -> String? {
        let fields = line.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
            String(decoding: Lines.trimmed($0), as: UTF8.self)
        }
        guard fields.count >= 3 else {
            throw Damage(problem: "the vault's header is incomplete: '$ANSIBLE_VAULT;1.1;AES256' is its shortest form")
        }
        guard fields[1] == "1.1" || fields[1] == "1.2" else {
            throw Damage(problem: "the vault's header has the version '\(fields[1])', and 1.1 and 1.2 can be read")
        }
        guard fields[2] == "AES256" else {
            throw Damage(problem: "the vault is encrypted with '\(fields[2])', and AES256 can be read")
        }
        return fields[1] == "1.2" && fields.count > 3 && !fields[3].isEmpty ? fields[3] : nil
    }

    private static let alphabet = Array("0123456789abcdef".utf8)

    private static func digits(_ bytes: [UInt8]) -> [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            digits.append(alphabet[Int(byte >> 4)])
            digits.append(alphabet[Int(byte & 15)])
        }
        return digits
    }

    private static func bytes(_ digits: ArraySlice<UInt8>) throws(Damage) -> [UInt8] {
        guard digits.count.isMultiple(of: 2) else {
            throw Damage(problem: "Vault format unhexlify error: Odd-length string")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var place = digits.startIndex
        while place < digits.endIndex {
            guard let high = digit(digits[place]), let low = digit(digits[place + 1]) else {
                throw Damage(problem: "Vault format unhexlify error: Non-hexadecimal digit found")
            }
            bytes.append(high << 4 | low)
            place += 2
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The lines of a text, without the space around them.
    private struct Lines {
        private let bytes: [UInt8]
        private var place = 0
        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func next() -> ArraySlice<UInt8>? {
            guard place < bytes.count else { return nil }
            let end = bytes[place...].firstIndex { $0 == 0x0a || $0 == 0x0d } ?? bytes.count
            defer { place = end + 1 }
            return Self.trimmed(bytes[place..<end])
        }

        static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            var line = line
            while let first = line.first, isSpace(first) { line.removeFirst() }
            while let last = line.last, isSpace(last) { line.removeLast() }
            return line
        }
        private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    }
}
