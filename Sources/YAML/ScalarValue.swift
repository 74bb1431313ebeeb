import BigInt

/// Gives a text the value of a YAML 1.1 type; the text may be one that only an explicit tag makes that type.
enum ScalarValue {
    /// Why a text cannot be of a type, in words.
    struct Refusal: Error { let problem: String }

    static func bool(_ text: String) throws(Refusal) -> Value {
        switch text.lowercased() {
        case "yes", "true", "on": return .bool(true)
        case "no", "false", "off": return .bool(false)
        default: throw Refusal(problem: "'\(text)' is not a boolean")
        }
    }

    static func int(_ text: String) throws(Refusal) -> Value {
        var body = Substring(text.filter { $0 != "_" })
        let refusal = Refusal(
            problem: body.count > Bounds.digits
                ? "a number of more than \(Bounds.digits) digits" : "'\(text)' is not an integer")
        let negative = body.first == "-"
        if let sign = body.first, sign == "-" || sign == "+" { body.removeFirst() }
        let magnitude: Value?
        if body == "0" {
            magnitude = .int(0)
        } else if body.hasPrefix("0b") {
            magnitude = PythonNumber.int(body.dropFirst(2), base: 2)
        } else if body.hasPrefix("0x") {
            magnitude = PythonNumber.int(body.dropFirst(2), base: 16)
        } else if body.hasPrefix("0") {
            magnitude = PythonNumber.int(body, base: 8)
        } else if body.contains(":") {
            magnitude = sexagesimal(body)
        } else {
            magnitude = PythonNumber.int(body, base: 10)
        }
        guard let magnitude else { throw refusal }
        return negative ? PythonNumber.negated(magnitude) : magnitude
    }

    static func float(_ text: String) throws(Refusal) -> Value {
        var body = Substring(text.filter { $0 != "_" }.lowercased())
        let sign: Double = body.first == "-" ? -1 : 1
        if let first = body.first, first == "-" || first == "+" { body.removeFirst() }
        let magnitude: Double?
        switch body {
        case ".inf": magnitude = .infinity
        case ".nan": return .double(.nan)
        case _ where body.contains(":"):
            magnitude = body.split(separator: ":", omittingEmptySubsequences: false).reduce(0) {
                (total: Double?, part) in
                guard let total, let number = PythonNumber.float(part) else { return nil }
                return total * 60 + number
            }
        default: magnitude = PythonNumber.float(body)
        }
        guard let magnitude else { throw Refusal(problem: "'\(text)' is not a number") }
        return .double(sign * magnitude)
    }

    static func timestamp(_ text: String) throws(Refusal) -> Value {
        guard let parts = TimestampText(Array(text.utf8), strict: false) else {
            throw Refusal(problem: "'\(text)' is not a date")
        }
        guard parts.time?.exists ?? parts.date.exists else {
            throw Refusal(problem: "there is no such date as '\(text)'")
        }
        return parts.time.map { .dateTime($0) } ?? .date(parts.date)
    }

    /// Base64 as Python's `decodebytes` reads it: what is not of the alphabet is skipped, the padding must be there.
    static func binary(_ text: String) throws(Refusal) -> Value {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw Refusal(problem: "a !!binary text holds characters that are not ASCII")
        }
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var sextets = 0
        var padding = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "=") {
                padding += 1
                if sextets >= 2, sextets + padding == 4 { break }
                continue
            }
            guard let sextet = base64Digit(byte) else { continue }
            padding = 0
            bits = bits << 6 | sextet
            sextets += 1
            switch sextets {
            case 2: out.append(UInt8(truncatingIfNeeded: bits >> 4))
            case 3: out.append(UInt8(truncatingIfNeeded: bits >> 2))
            case 4:
                out.append(UInt8(truncatingIfNeeded: bits))
                sextets = 0
            default: break
            }
        }
        guard sextets == 0 || (sextets >= 2 && sextets + padding == 4) else {
            throw Refusal(problem: "a !!binary text is not whole base64")
        }
        return .bytes(out)
    }

    private static func base64Digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func sexagesimal(_ text: Substring) -> Value? {
        // Each part multiplies all those before it: the work is the square of their number.
        guard text.utf8.count <= Bounds.digits else { return nil }
        var total: BigInt = 0
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            switch PythonNumber.int(part, base: 10) {
            case .int(let number, _): total = total * 60 + BigInt(number)
            case .bigInt(let number, _): total = total * 60 + number
            default: return nil
            }
        }
        return Value(total)
    }
}
