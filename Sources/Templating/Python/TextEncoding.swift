/// The encodings of `encode`, `b64encode` and `b64decode`.
enum TextEncoding {
    private enum Name {
        case utf8, utf8WithMark, utf16(bigEndian: Bool, mark: Bool), utf32(bigEndian: Bool, mark: Bool), ascii, latin1
    }

    private static func named(_ name: String) throws(TemplateError) -> Name {
        switch name.lowercased().filter({ $0 != "-" && $0 != "_" && $0 != " " }) {
        case "utf8", "u8": .utf8
        case "utf8sig": .utf8WithMark
        case "utf16": .utf16(bigEndian: false, mark: true)
        case "utf16le": .utf16(bigEndian: false, mark: false)
        case "utf16be": .utf16(bigEndian: true, mark: false)
        case "utf32": .utf32(bigEndian: false, mark: true)
        case "utf32le": .utf32(bigEndian: false, mark: false)
        case "utf32be": .utf32(bigEndian: true, mark: false)
        case "ascii", "usascii": .ascii
        case "latin1", "iso88591", "l1": .latin1
        default: throw .other("unknown encoding: \(name)")
        }
    }

    static func encode(_ text: String, _ encoding: String) throws(TemplateError) -> [UInt8] {
        switch try named(encoding) {
        case .utf8: return Array(text.utf8)
        case .utf8WithMark: return [0xEF, 0xBB, 0xBF] + Array(text.utf8)
        case .utf16(let bigEndian, let mark):
            let units: [UInt16] = (mark ? [0xFEFF] : []) + Array(text.utf16)
            return units.flatMap { unit in
                bigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            }
        case .utf32(let bigEndian, let mark):
            let units: [UInt32] = (mark ? [0xFEFF] : []) + text.unicodeScalars.map { $0.value }
            return units.flatMap { unit -> [UInt8] in
                let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8 & 0xFF), UInt8(unit >> 16 & 0xFF), UInt8(unit >> 24)]
                return bigEndian ? bytes.reversed() : bytes
            }
        case .ascii, .latin1:
            let limit: UInt32 = if case .ascii = try named(encoding) { 0x80 } else { 0x100 }
            var bytes: [UInt8] = []
            for scalar in text.unicodeScalars {
                guard scalar.value < limit else {
                    throw .other("'\(encoding)' cannot encode every character of the text")
                }
                bytes.append(UInt8(scalar.value))
            }
            return bytes
        }
    }

    static func decode(_ bytes: [UInt8], _ encoding: String) throws(TemplateError) -> String {
        switch try named(encoding) {
        case .utf8: return String(decoding: bytes, as: UTF8.self)
        case .utf8WithMark:
            return String(
                decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes, as: UTF8.self)
        case .utf16(let bigEndian, let mark):
            var units: [UInt16] = []
            for start in stride(from: 0, to: bytes.count - 1, by: 2) {
                let first = UInt16(bytes[start])
                let second = UInt16(bytes[start + 1])
                units.append(bigEndian ? first << 8 | second : second << 8 | first)
            }
            if mark, units.first == 0xFFFE { units = units.map(\.byteSwapped) }
            if mark, units.first == 0xFEFF { units.removeFirst() }
            return String(decoding: units, as: UTF16.self)
        case .utf32(let bigEndian, let mark):
            var units: [UInt32] = []
            for start in stride(from: 0, to: bytes.count - 3, by: 4) {
                let group = Array(bytes[start..<(start + 4)])
                units.append((bigEndian ? group : group.reversed()).reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            }
            if mark, units.first == 0xFEFF { units.removeFirst() }
            return String(decoding: units, as: UTF32.self)
        case .ascii, .latin1: return String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
        }
    }
}
