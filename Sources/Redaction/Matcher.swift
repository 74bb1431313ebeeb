/// One text to look for, and what is shown in its place.
struct Pattern: Sendable {
    /// How a text is read that this is looked for in.
    enum View: Sendable {
        /// Without escapes and case: most patterns.
        case canonical
        /// As it is: a secret whose own characters could be read as an escape together with what comes after it.
        case plain
        /// As it is, and only where no letter or digit touches it.
        case alone
    }

    let bytes: WipedBytes
    let mark: String
    let view: View
    /// Continues where another ended; one mark is enough for both.
    let continues: Bool
    /// The first four bytes, most significant first, so that numbers sort as texts do; zeroes where there are fewer.
    let gram: UInt32

    init(_ bytes: WipedBytes, mark: String, view: View, continues: Bool = false) {
        self.bytes = bytes
        self.mark = mark
        self.view = view
        self.continues = continues
        gram = (0..<4).reduce(0) { $0 << 8 | ($1 < bytes.count ? UInt32(bytes[$1]) : 0) }
    }

    static func precedes(_ left: Pattern, _ right: Pattern) -> Bool {
        if left.gram != right.gram { return left.gram < right.gram }
        return left.bytes.withBytes { left in right.bytes.withBytes { left.lexicographicallyPrecedes($0) } }
    }
}

/// Finds, at every position of a text, the longest of many patterns.
///
/// Tables of bits over hashes of four bytes pass over the positions where nothing can start, about a nanosecond each however many patterns
/// there are. They know what each secret begins with in every encoding; where escapes or the end of a line are among the four bytes, they are
/// read as `Canonical` and `Digits` read them. At the positions that are left a binary search among sorted patterns narrows down, byte by byte, those that
/// go on like the text, in each view of it. Unlike an Aho-Corasick automaton, whose links all change with every new pattern, this takes new
/// patterns cheaply: they form a table of their own, and tables of like size are merged, so that each pattern is moved a logarithmic number
/// of times.
///
/// The price is that a text that follows a long pattern from many of its positions is read again from each; `SecretForms` makes no pattern
/// longer than a thousand bytes or so.
final class Matcher: Sendable {
    /// Of each view, sorted; sizes fall by half or more from each to the next.
    let canonical: PatternTables
    let plain: PatternTables
    /// Patterns of fewer than four bytes, which the bit table cannot hold.
    let short: [Pattern]
    /// Which bytes a short pattern starts with.
    private let shortStarts: [Bool]
    let beginnings: Beginnings

    init(_ older: Matcher?, adding new: [Pattern], beginnings added: [UInt32]) {
        short = (older?.short ?? []) + new.filter { $0.view == .alone }
        var starts = [Bool](repeating: false, count: 256)
        for pattern in short { starts[Int(pattern.bytes[0])] = true }
        shortStarts = starts
        canonical = (older?.canonical ?? PatternTables()).adding(new.filter { $0.view == .canonical })
        plain = (older?.plain ?? PatternTables()).adding(new.filter { $0.view == .plain })
        beginnings = Beginnings(older?.beginnings, adding: added)
    }

    /// The first position from `start` on where a pattern may begin, or the text's end.
    ///
    /// - Parameter ahead: kept from call to call.
    func candidate(in text: Stretch, from start: Int, _ ahead: inout Ahead) -> Int {
        let bytes = text.bytes, raw = UnsafeRawBufferPointer(bytes), hasShort = !short.isEmpty
        return beginnings.withFilter { filter in
            shortStarts.withUnsafeBufferPointer { shortStarts in
                var position = start
                while position < bytes.count {
                    let special = ahead.special(in: bytes, from: position)
                    let plainEnd = special - 3
                    while position < plainEnd {
                        if !hasShort {
                            while position &+ 4 < plainEnd, !filter.mayHoldOne(of: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)) { position &+= 4 }
                        }
                        for _ in 0..<min(4, plainEnd &- position) {
                            if filter.mayHold(raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)) { return position }
                            if hasShort, shortStarts[Int(bytes[position])] { return position }
                            position &+= 1
                        }
                    }
                    // A line's end that nothing goes beyond: most of them. And the text's end: what is left is shorter than any pattern, and nothing in it stands for more.
                    let isLineEnd = special < bytes.count ? !bytes[special].introducesEscape && !text.mayWrap(at: special) : text.atEnd
                    while position <= special, position < bytes.count {
                        if hasShort, shortStarts[Int(bytes[position])] { return position }
                        if !isLineEnd, mayBegin(in: text, at: position, filter) { return position }
                        position &+= 1
                    }
                }
                return bytes.count
            }
        }
    }

    /// Where the next characters are of which the four bytes from a position are no plain text.
    struct Ahead {
        private var lineEnd = -1, backslash = -1, percent = -1, ampersand = -1

        /// The first one from `position` on, or the text's end.
        @inline(__always) mutating func special(in bytes: UnsafeBufferPointer<UInt8>, from position: Int) -> Int {
            if lineEnd < position {
                lineEnd = bytes.firstIndex(of: .lineFeed, from: position)
                // Also when the line feed has yet to come.
                if lineEnd > position, bytes[lineEnd - 1] == .carriageReturn { lineEnd -= 1 }
            }
            // Each by itself, so that a text with many of one is not looked through for the others from each of them.
            if backslash < position { backslash = bytes.firstIndex(of: .backslash, from: position) }
            if percent < position { percent = bytes.firstIndex(of: .percent, from: position) }
            if ampersand < position { ampersand = bytes.firstIndex(of: .ampersand, from: position) }
            return min(min(lineEnd, backslash), min(percent, ampersand))
        }
    }

    private func mayBegin(in text: Stretch, at position: Int, _ filter: Beginnings.Filter) -> Bool {
        filter.answer(Canonical(text, at: position)) != .no || filter.answer(Digits(text, at: position)) != .no
            || (!plain.isEmpty && filter.answer(Plainly(text: text, position: position)) != .no)
    }

    struct Finding {
        /// Of the longest pattern that is there, in bytes of the text; 0 when none is.
        var length = 0
        var mark = ""
        var continues = false
        /// Whether more text could make a longer one.
        var isOpen = false

        mutating func keepLonger(_ length: Int, _ pattern: Pattern) {
            guard length > self.length else { return }
            self.length = length
            mark = pattern.mark
            continues = pattern.continues
        }
    }

    /// What is at `position`.
    func find(in text: Stretch, at position: Int) -> Finding {
        var finding = Finding()
        find(in: text, at: position, depth: 0, into: &finding)
        if !short.isEmpty, shortStarts[Int(text.bytes[position])], !(text[position - 1]?.isWordByte ?? false) {
            for pattern in short { pattern.findAlone(in: text, at: position, into: &finding) }
        }
        if text.atEnd { finding.isOpen = false }
        return finding
    }

    /// Encodings of encodings that are undone.
    private static let deepest = 2

    private func find(in text: Stretch, at position: Int, depth: Int, into finding: inout Finding) {
        if !canonical.isEmpty { canonical.find(Canonical(text, at: position), from: position, into: &finding) }
        if !plain.isEmpty { plain.find(Plainly(text: text, position: position), from: position, into: &finding) }
        guard depth < Self.deepest else { return }
        switch beginnings.withFilter({ $0.answer(Digits(text, at: position)) }) {
        case .no: break
        case .open: finding.isOpen = true
        case .yes:
            for encoding in beginnings.withFilter({ Decoder.candidates(in: text, at: position, $0) }) {
                guard let decoder = Decoder(encoding, of: text, at: position) else { continue }
                find(decoding: decoder, from: position, depth: depth + 1, into: &finding)
            }
        }
    }

    /// What begins with the first of the decoded bytes. Seldom more than those few are decoded that tell that nothing does.
    private func find(decoding decoder: Decoder, from start: Int, depth: Int, into finding: inout Finding) {
        var decoder = decoder, decoded: [UInt8] = [], ends: [Int] = []
        let lead = decoder.lead
        var wanted = lead + 16
        while true {
            var last = Step.end
            while decoded.count < wanted {
                last = decoder.next()
                guard case .byte(let byte) = last else { break }
                decoded.append(byte)
                ends.append(decoder.position)
            }
            let isCut = decoded.count == wanted, isLast: Bool
            if case .end = last, !isCut { isLast = true } else { isLast = false }
            guard decoded.count > lead else {
                if !isLast { finding.isOpen = true }
                return
            }
            var inner = Finding()
            decoded.withUnsafeBufferPointer { bytes in
                let text = Stretch(bytes: bytes, atEnd: isLast, isDecoded: true)
                if beginnings.withFilter({ mayBegin(in: text, at: lead, $0) }) { find(in: text, at: lead, depth: depth, into: &inner) }
            }
            if inner.isOpen, isCut { wanted *= 4; continue }
            if inner.isOpen { finding.isOpen = true }
            if inner.length > 0 {
                finding.keepLonger(ends[lead + inner.length - 1] - start, inner)
            }
            return
        }
    }
}

extension Matcher.Finding {
    fileprivate mutating func keepLonger(_ length: Int, _ inner: Matcher.Finding) {
        guard length > self.length else { return }
        self.length = length
        mark = inner.mark
        continues = inner.continues
    }
}

extension Pattern {
    /// A short pattern counts only when what follows it is known, and is no part of a word.
    fileprivate func findAlone(in text: Stretch, at position: Int, into finding: inout Matcher.Finding) {
        let available = text.bytes[position...].prefix(bytes.count)
        guard bytes.withBytes({ available.elementsEqual($0.prefix(available.count)) }) else { return }
        let next = position + bytes.count
        if next >= text.bytes.count, !(text.atEnd && next == text.bytes.count) {
            finding.isOpen = true
        } else if next == text.bytes.count || !text.bytes[next].isWordByte {
            finding.keepLonger(bytes.count, self)
        }
    }
}

extension UInt8 {
    fileprivate var isWordByte: Bool { isAlphanumeric || self == UInt8(ascii: "_") || self >= 0x80 }
}

// MARK: - Beginnings

/// The first four bytes of all that is looked for, as bit tables over hashes, whatever their case.
///
/// A large table is not copied for each secret that joins: those that joined last have a small one of their own, until they are many enough to be
/// put into the large one. So a position may be looked up twice, the second time in a table that a processor's first cache holds.
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
        let known = older.settled.grams.count, joined = older.recent?.grams ?? []
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

        /// Whether bytes that have been decoded may begin a pattern; with an escape or a quote among them, only more of them tell.
        /// - Parameter first: the most significant byte is the first.
        @inline(__always) func mayHold(first: UInt32) -> Bool { mayHold(first.byteSwapped) || Self.hasEscape(first) }
        private static func hasEscape(_ gram: UInt32) -> Bool {
            withUnsafeBytes(of: gram) { $0.contains { $0.introducesEscape || $0.isQuote } }
        }

        /// Whether what a reader gives may begin a pattern.
        func answer(_ reader: some ByteReader) -> Answer {
            var reader = reader, gram: UInt32 = 0
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
        var first: [UInt64], second: [UInt64], parts: [UInt64]
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
                parts.withUnsafeBufferPointer { body(Bits(first: first, second: second, parts: $0, mask: UInt64(64 * first.count - 1))) }
            }
        }
    }

    struct Bits {
        fileprivate let first: UnsafeBufferPointer<UInt64>, second: UnsafeBufferPointer<UInt64>, parts: UnsafeBufferPointer<UInt64>
        /// Which bits of a hash number a bit of a table.
        fileprivate let mask: UInt64

        /// Letters differ from their other case in this bit; other bytes may share it.
        private static let fold: UInt64 = 0x2020_2020_2020_2020

        @inline(__always) private static func hash(folded: UInt64) -> UInt64 { ((folded & 0xffff_ffff) &* 0x9e37_79b9_7f4a_7c15) &>> 32 }
        @inline(__always) fileprivate static func hash(_ gram: UInt32) -> UInt64 { hash(folded: UInt64(gram) | fold) }
        fileprivate static func otherHash(_ gram: UInt32) -> UInt64 { (((UInt64(gram) | fold) & 0xffff_ffff) &* 0xc2b2_ae3d_27d4_eb4f) &>> 32 }
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

        @inline(__always) fileprivate func mayHold(_ gram: UInt32) -> Bool { isSet(Self.hash(gram), in: first) && isSet(Self.otherHash(gram), in: second) }
        @inline(__always) fileprivate func mayHoldOne(of bytes: UInt64) -> Bool {
            let bytes = bytes | Self.fold
            return isSet(Self.hash(folded: bytes), in: first) || isSet(Self.hash(folded: bytes &>> 8), in: first)
                || isSet(Self.hash(folded: bytes &>> 16), in: first) || isSet(Self.hash(folded: bytes &>> 24), in: first)
        }
        fileprivate func mayHold(first count: Int, of gram: UInt32) -> Bool { isSet(Self.hash(ofFirst: count, of: gram), in: parts) }
    }
}

// MARK: - Tables

/// Tables that new patterns join cheaply.
struct PatternTables: Sendable {
    private(set) var tables: [PatternTable] = []
    /// Bits for what the patterns begin with: most positions are looked at for what is encoded there.
    private var starts: [UInt64] = []
    var isEmpty: Bool { tables.isEmpty }

    func adding(_ new: [Pattern]) -> PatternTables {
        guard !new.isEmpty else { return self }
        var grown = self
        grown.tables.append(PatternTable(new))
        while grown.tables.count > 1, grown.tables[grown.tables.count - 2].patterns.count < 2 * grown.tables[grown.tables.count - 1].patterns.count {
            let last = grown.tables.removeLast()
            grown.tables[grown.tables.count - 1] = PatternTable(merging: grown.tables[grown.tables.count - 1], last)
        }
        var size = max(1 << 13, 64 * starts.count)
        while size < 32 * grown.tables.reduce(0, { $0 + $1.patterns.count }) { size *= 2 }
        if size > 64 * starts.count {
            grown.starts = [UInt64](repeating: 0, count: size / 64)
            for table in grown.tables { for gram in table.grams { Self.set(gram, in: &grown.starts) } }
        } else {
            for pattern in new { Self.set(pattern.gram, in: &grown.starts) }
        }
        return grown
    }

    @inline(__always) private static func hash(_ gram: UInt32) -> UInt64 { (UInt64(gram) &* 0x9e37_79b9_7f4a_7c15) &>> 32 }
    private static func set(_ gram: UInt32, in bits: inout [UInt64]) {
        let bit = hash(gram) & UInt64(64 * bits.count - 1)
        bits[Int(bit >> 6)] |= 1 << (bit & 63)
    }

    func find(_ reader: some ByteReader, from start: Int, into finding: inout Matcher.Finding) {
        var reader = reader, gram: UInt32 = 0, known = 0
        reading: while known < 4 {
            switch reader.next() {
            case .byte(let byte):
                gram = gram << 8 | UInt32(byte)
                known += 1
            case .more: break reading
            case .end: return
            }
        }
        if known == 4 {
            let bit = Self.hash(gram) & UInt64(64 * starts.count - 1)
            guard starts[Int(bit >> 6)] & (1 &<< (bit & 63)) != 0 else { return }
        }
        for table in tables { table.find(gram, known: known, reader, from: start, into: &finding) }
    }
}

/// Patterns of four bytes or more, sorted, each once.
struct PatternTable: Sendable {
    let patterns: [Pattern]
    /// Of the pattern at the same index, side by side for the binary search.
    let grams: [UInt32]

    init(_ unsorted: [Pattern]) { self.init(sorted: unsorted.sorted(by: Pattern.precedes)) }

    init(merging left: PatternTable, _ right: PatternTable) {
        var merged: [Pattern] = []
        merged.reserveCapacity(left.patterns.count + right.patterns.count)
        var rest = right.patterns[...]
        for pattern in left.patterns {
            while let first = rest.first, Pattern.precedes(first, pattern) { merged.append(rest.removeFirst()) }
            merged.append(pattern)
        }
        self.init(sorted: merged + rest)
    }

    private init(sorted: [Pattern]) {
        var unique: [Pattern] = []
        unique.reserveCapacity(sorted.count)
        for pattern in sorted where unique.last?.bytes != pattern.bytes { unique.append(pattern) }
        patterns = unique
        grams = unique.map(\.gram)
    }

    /// - Parameters:
    ///   - gram: the text's first bytes, four of them if so many are known.
    ///   - reader: what comes after them.
    fileprivate func find(_ gram: UInt32, known: Int, _ reader: some ByteReader, from start: Int, into finding: inout Matcher.Finding) {
        // The first bytes as the lowest and the highest gram that begin with them.
        let unknown = UInt64(8 * (4 - known)), low = UInt32(UInt64(gram) << unknown), high = low | UInt32(1 << unknown - 1)
        var first = Self.partition(0, grams.count) { grams[$0] >= low }
        guard first < grams.count, grams[first] <= high else { return }
        if known < 4 { finding.isOpen = true; return }
        var last = Self.partition(first, grams.count) { grams[$0] > high }

        // Of patterns that agree with the text so far, the one that ends here sorts first.
        var depth = 4, reader = reader
        while first < last {
            if patterns[first].bytes.count == depth {
                finding.keepLonger(reader.position - start, patterns[first])
                first += 1
                continue
            }
            switch reader.next() {
            case .end: return
            case .more: finding.isOpen = true; return
            case .byte(let byte):
                if last - first == 1 {
                    if patterns[first].bytes[depth] != byte { return }
                } else {
                    first = Self.partition(first, last) { patterns[$0].bytes[depth] >= byte }
                    last = Self.partition(first, last) { patterns[$0].bytes[depth] > byte }
                }
                depth += 1
            }
        }
    }

    /// The first index in `start..<end` for which `isAfter` holds, or `end`.
    @inline(__always) private static func partition(_ start: Int, _ end: Int, _ isAfter: (Int) -> Bool) -> Int {
        var start = start, end = end
        while start < end {
            let middle = (start + end) / 2
            if isAfter(middle) { end = middle } else { start = middle + 1 }
        }
        return start
    }
}
