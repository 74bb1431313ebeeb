/// The first four bytes of all that is looked for, as bit tables over hashes, whatever their case.
///
/// A large table is not copied for each secret that joins: those that joined last have a small one of their own, until
/// they are many enough to be
/// put into the large one. So a position may be looked up twice, the second time in a table that a processor's first
/// cache holds.
struct Beginnings: Sendable {
    let settled: GramTable
    let recent: GramTable?
    /// Below so many grams a table is copied in the time that a page of output takes.
    private static let small = 1 << 15
    /// The small table has at most such a part of the large one's grams.
    private static let part = 64

    init(_ older: Beginnings?, adding new: [UInt32]) {
        guard let older else {
            settled = GramTable(nil, adding: new)
            recent = nil
            return
        }
        guard !new.isEmpty else {
            settled = older.settled
            recent = older.recent
            return
        }
        let known = older.settled.grams.count
        let joined = older.recent?.grams ?? []
        if known < Self.small || joined.count + new.count > known / Self.part {
            settled = GramTable(older.settled, adding: joined + new)
            recent = nil
        } else {
            settled = older.settled
            recent = GramTable(older.recent, adding: new)
        }
    }

    @inline(__always) func withFilter<Result>(_ body: (Filter) -> Result) -> Result {
        settled.withBits { settled in
            guard let recent else { return body(Filter(settled: settled, recent: nil)) }
            return recent.withBits { body(Filter(settled: settled, recent: $0)) }
        }
    }

    enum Answer { case no, yes, open }

    struct Filter {
        fileprivate let settled: GramTable.Bits
        fileprivate let recent: GramTable.Bits?

        /// - Parameter gram: four bytes as they lie in memory.
        @inline(__always) func mayHold(_ gram: UInt32) -> Bool {
            if settled.mayHold(gram) { return true }
            guard let recent else { return false }
            return recent.mayHold(gram)
        }

        /// Whether the second table must be asked for any of the grams at the first four of eight bytes.
        @inline(__always) func mayHoldOne(of bytes: UInt64) -> Bool {
            if settled.mayHoldOne(of: bytes) { return true }
            guard let recent else { return false }
            return recent.mayHoldOne(of: bytes)
        }

        private func mayHold(first count: Int, of gram: UInt32) -> Bool {
            settled.mayHold(first: count, of: gram) || recent?.mayHold(first: count, of: gram) ?? false
        }

        /// Whether bytes that have been decoded may begin a pattern; with an escape or a quote among them, only more of
        /// them tell.
        /// - Parameter first: the most significant byte is the first.
        @inline(__always) func mayHold(first: UInt32) -> Bool { mayHold(first.byteSwapped) || Self.hasEscape(first) }
        private static func hasEscape(_ gram: UInt32) -> Bool {
            withUnsafeBytes(of: gram) { $0.contains { $0.introducesEscape || $0.isQuote } }
        }

        /// Whether what a reader gives may begin a pattern.
        func answer(_ reader: some ByteReader) -> Answer {
            var reader = reader
            var gram: UInt32 = 0
            for count in 0..<4 {
                switch reader.next() {
                case .byte(let byte): gram |= UInt32(byte) << UInt32(8 * count)
                case .end: return .no
                case .more: return count == 0 || mayHold(first: count, of: gram) ? .open : .no
                }
            }
            return mayHold(gram) ? .yes : .no
        }
    }
}

/// Grams and their bit tables.
final class GramTable: Sendable {
    /// All of them, for larger tables.
    let grams: [UInt32]
    /// Looked at for every position of every text.
    private let first: [UInt64]
    /// Tells apart most of what shares a bit in the first.
    private let second: [UInt64]
    /// Of the first one, two and three bytes, for a text that ends there.
    private let parts: [UInt64]

    init(_ older: GramTable?, adding new: [UInt32]) {
        grams = (older?.grams ?? []) + new
        // 32 bits or more for each: one position in thirty or fewer passes the first by mistake.
        var size = 13
        while size < 27, 1 << size < 32 * grams.count { size += 1 }
        let added: [UInt32]
        var first: [UInt64]
        var second: [UInt64]
        var parts: [UInt64]
        if let older, older.first.count == 1 << (size - 6) {
            (first, second, parts, added) = (older.first, older.second, older.parts, new)
        } else {
            first = [UInt64](repeating: 0, count: 1 << (size - 6))
            (second, parts, added) = (first, first, grams)
        }
        for gram in added {
            Bits.set(Bits.hash(gram), in: &first)
            Bits.set(Bits.otherHash(gram), in: &second)
            for count in 1...3 { Bits.set(Bits.hash(ofFirst: count, of: gram), in: &parts) }
        }
        (self.first, self.second, self.parts) = (first, second, parts)
    }

    @inline(__always) func withBits<Result>(_ body: (Bits) -> Result) -> Result {
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                parts.withUnsafeBufferPointer {
                    body(Bits(first: first, second: second, parts: $0, mask: UInt64(64 * first.count - 1)))
                }
            }
        }
    }

    struct Bits {
        fileprivate let first: UnsafeBufferPointer<UInt64>, second: UnsafeBufferPointer<UInt64>,
            parts: UnsafeBufferPointer<UInt64>
        /// Which bits of a hash number a bit of a table.
        fileprivate let mask: UInt64

        /// Letters differ from their other case in this bit; other bytes may share it.
        private static let fold: UInt64 = 0x2020_2020_2020_2020

        @inline(__always) private static func hash(folded: UInt64) -> UInt64 {
            ((folded & 0xffff_ffff) &* 0x9e37_79b9_7f4a_7c15) &>> 32
        }
        @inline(__always) fileprivate static func hash(_ gram: UInt32) -> UInt64 { hash(folded: UInt64(gram) | fold) }
        fileprivate static func otherHash(_ gram: UInt32) -> UInt64 {
            (((UInt64(gram) | fold) & 0xffff_ffff) &* 0xc2b2_ae3d_27d4_eb4f) &>> 32
        }
        fileprivate static func hash(ofFirst count: Int, of gram: UInt32) -> UInt64 {
            hash(folded: (UInt64(gram) | fold) & (1 << UInt64(8 * count) - 1) | UInt64(count) << 24)
        }

        fileprivate static func set(_ hash: UInt64, in bits: inout [UInt64]) {
            let bit = hash & UInt64(64 * bits.count - 1)
            bits[Int(bit >> 6)] |= 1 << (bit & 63)
        }
        @inline(__always) private func isSet(_ hash: UInt64, in bits: UnsafeBufferPointer<UInt64>) -> Bool {
            bits[Int(truncatingIfNeeded: (hash & mask) &>> 6)] & (1 &<< (hash & 63)) != 0
        }

        @inline(__always) fileprivate func mayHold(_ gram: UInt32) -> Bool {
            isSet(Self.hash(gram), in: first) && isSet(Self.otherHash(gram), in: second)
        }
        @inline(__always) fileprivate func mayHoldOne(of bytes: UInt64) -> Bool {
            let bytes = bytes | Self.fold
            return isSet(Self.hash(folded: bytes), in: first) || isSet(Self.hash(folded: bytes &>> 8), in: first)
                || isSet(Self.hash(folded: bytes &>> 16), in: first)
                || isSet(Self.hash(folded: bytes &>> 24), in: first)
        }
        fileprivate func mayHold(first count: Int, of gram: UInt32) -> Bool {
            isSet(Self.hash(ofFirst: count, of: gram), in: parts)
        }
    }
}
