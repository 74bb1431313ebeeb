/// The SSH protocol's data types (RFC 4251, section 5): big-endian numbers, strings with a length, mpints.
struct WireReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }
    init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    struct Truncated: Error {}

    var isAtEnd: Bool { position == bytes.endIndex }
    var rest: ArraySlice<UInt8> { bytes[position...] }

    mutating func read(_ count: Int) throws(Truncated) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.endIndex - position else { throw Truncated() }
        defer { position += count }
        return bytes[position..<position + count]
    }
    mutating func byte() throws(Truncated) -> UInt8 { try read(1).first! }
    mutating func uint32() throws(Truncated) -> UInt32 { try read(4).reduce(0) { $0 << 8 | UInt32($1) } }
    mutating func string() throws(Truncated) -> ArraySlice<UInt8> { try read(Int(uint32())) }
    mutating func text() throws(Truncated) -> String { String(decoding: try string(), as: UTF8.self) }
}

struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }
    mutating func uint32(_ value: Int) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    mutating func string(_ value: some Collection<UInt8>) {
        uint32(value.count)
        bytes.append(contentsOf: value)
    }
    mutating func text(_ value: String) { string(value.utf8) }
    /// A non-negative number, given big-endian.
    mutating func mpint(_ value: some Collection<UInt8>) {
        let digits = value.drop { $0 == 0 }
        string((digits.first ?? 0) >= 0x80 ? [0] + Array(digits) : Array(digits))
    }
}
