import Support

extension Filters {
    static let encodingFilters: [String: Operation] = [
        "b64encode": Operation(["encoding", "urlsafe"]) { operand throws(TemplateError) in
            let bytes: [UInt8] =
                if case .bytes(let raw) = operand.input { raw } else {
                    try TextEncoding.encode(operand.text(), operand.text(0, default: "utf-8"))
                }
            return .string(Base64.encode(bytes, isURLSafe: try operand.flag(1)))
        },
        "b64decode": Operation(["encoding", "urlsafe"]) { operand throws(TemplateError) in
            .string(
                try TextEncoding.decode(
                    Base64.decode(operand.text(), isURLSafe: operand.flag(1)), operand.text(0, default: "utf-8")))
        },
        "hash": Operation(["hashtype"]) { operand throws(TemplateError) in
            .string(try Digest.hexadecimal(operand.text(0, default: "sha1"), Array(operand.text().utf8)))
        },
        "checksum": Operation { operand throws(TemplateError) in
            .string(try Digest.hexadecimal("sha1", Array(operand.text().utf8)))
        },
        "sha1": Operation { operand throws(TemplateError) in
            .string(try Digest.hexadecimal("sha1", Array(operand.text().utf8)))
        },
        "md5": Operation { operand throws(TemplateError) in
            .string(try Digest.hexadecimal("md5", Array(operand.text().utf8)))
        },
        "to_uuid": Operation(["namespace"]) { operand throws(TemplateError) in
            let namespace = try operand.text(0, default: "361e6d51-faec-444a-9079-341386da8e2e")
            let plain = namespace.filter { $0 != "-" && $0 != "{" && $0 != "}" }.replacingText("urn:uuid:", with: "")
            var bytes: [UInt8] = []
            var digits = plain[...]
            while digits.count >= 2, let byte = UInt8(digits.prefix(2), radix: 16) {
                bytes.append(byte)
                digits = digits.dropFirst(2)
            }
            guard bytes.count == 16, digits.isEmpty else {
                throw .other("invalid value for 'namespace': badly formed hexadecimal UUID string")
            }
            var digest = Array(try Digest.bytes("sha1", bytes + Array(operand.text().utf8)).prefix(16))
            digest[6] = digest[6] & 0x0F | 0x50
            digest[8] = digest[8] & 0x3F | 0x80
            let text = digest.map { PythonText.hexadecimal(UInt32($0), 2) }
            return .string(
                [text[0..<4], text[4..<6], text[6..<8], text[8..<10], text[10..<16]].map { $0.joined() }.joined(
                    separator: "-"))
        },
    ]
}

enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8], isURLSafe: Bool = false) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (16 - 8 * UInt32($1.offset)) }
            for index in 0..<4 {
                result.append(
                    index <= group.count ? alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)] : UInt8(ascii: "="))
            }
        }
        if isURLSafe {
            result = result.map {
                $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// What is not of the alphabet is skipped, as in Python.
    static func decode(_ text: String, isURLSafe: Bool = false) throws(TemplateError) -> [UInt8] {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 {
            var symbol = byte
            if isURLSafe {
                symbol =
                    byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
            }
            if symbol == UInt8(ascii: "=") {
                padding += 1
                if count >= 2, count + padding >= 4 { break }
                continue
            }
            guard let value = alphabet.firstIndex(of: symbol) else { continue }
            padding = 0
            bits = bits << 6 | UInt32(value)
            count += 1
            if count == 4 {
                result += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
                bits = 0
                count = 0
            }
        }
        if count == 0 { return result }
        guard count > 1, count + padding >= 4 else { throw .other("Incorrect padding") }
        if count == 2 {
            result.append(UInt8(bits >> 4 & 0xFF))
        } else {
            result += [UInt8(bits >> 10 & 0xFF), UInt8(bits >> 2 & 0xFF)]
        }
        return result
    }
}

/// Digests by libcrypto.
enum Digest {
    static func bytes(_ algorithm: String, _ data: [UInt8]) throws(TemplateError) -> [UInt8] {
        // Python names them without their size.
        let name =
            ["blake2b": "blake2b512", "blake2s": "blake2s256"][algorithm] ?? algorithm.replacingText("_", with: "-")
        guard LibCrypto.namesDigest(name) else { throw .other("unsupported hash type '\(algorithm)'") }
        guard let digest = LibCrypto.digest(name, data) else { throw .other("hash '\(algorithm)' is not available") }
        return digest
    }
    static func hexadecimal(_ algorithm: String, _ data: [UInt8]) throws(TemplateError) -> String {
        Hex.text(try bytes(algorithm, data))
    }
}
