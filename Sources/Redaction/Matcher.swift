/// One text to look for, and what is shown in its place.
struct Pattern: Sendable {
    let bytes: WipedBytes
    let mark: String
    /// Found only where no letter or digit touches it.
    let standsAlone: Bool
    /// The first four bytes, most significant first, so that numbers sort as texts do; zeroes where there are fewer.
    let gram: UInt32

    init(_ bytes: WipedBytes, mark: String, standsAlone: Bool) {
        self.bytes = bytes
        self.mark = mark
        self.standsAlone = standsAlone
        gram = (0..<4).reduce(0) { $0 << 8 | ($1 < bytes.count ? UInt32(bytes[$1]) : 0) }
    }

    static func precedes(_ left: Pattern, _ right: Pattern) -> Bool {
        if left.gram != right.gram { return left.gram < right.gram }
        return left.bytes.withBytes { left in right.bytes.withBytes { left.lexicographicallyPrecedes($0) } }
    }
}

/// Finds, at every position of a text, the longest of many patterns.
///
/// A bit table over hashes of four bytes passes over the positions where nothing can start, about a nanosecond each however many patterns
/// there are. At the others a binary search among sorted patterns narrows down, byte by byte, those that go on like the text. Unlike an
/// Aho-Corasick automaton, whose links all change with every new pattern, this takes new patterns cheaply: they form a table of their own,
/// and tables of like size are merged, so that each pattern is moved a logarithmic number of times.
///
/// The price is that a text that follows a long pattern from many of its positions is read again from each; only a secret that repeats
/// itself for its whole length makes that costly.
final class Matcher: Sendable {
    /// Sorted; sizes fall by half or more from each to the next.
    let tables: [PatternTable]
    /// Patterns of fewer than four bytes, which the bit table cannot hold.
    let short: [Pattern]
    /// Which bytes a short pattern starts with.
    private let shortStarts: [Bool]
    /// Bit `hash(gram)` is set when a pattern begins with that gram.
    private let filter: [UInt64]
    private let shift: UInt32

    init(_ older: Matcher?, adding new: [Pattern]) {
        short = (older?.short ?? []) + new.filter { $0.bytes.count < 4 }
        var starts = [Bool](repeating: false, count: 256)
        for pattern in short { starts[Int(pattern.bytes[0])] = true }
        shortStarts = starts

        var tables = older?.tables ?? []
        tables.append(PatternTable(new.filter { $0.bytes.count >= 4 }))
        while tables.count > 1, tables[tables.count - 2].patterns.count < 2 * tables[tables.count - 1].patterns.count {
            let last = tables.removeLast()
            tables[tables.count - 1] = PatternTable(merging: tables[tables.count - 1], last)
        }
        self.tables = tables

        // 32 bits or more per pattern: one position in thirty or fewer passes by mistake.
        let patterns = tables.reduce(0) { $0 + $1.patterns.count }
        var bits: UInt32 = 13
        while bits < 26, 1 << bits < 32 * patterns { bits += 1 }
        shift = 32 - bits
        if let older, older.shift == shift {
            var filter = older.filter
            for pattern in new { Self.set(pattern.gram, in: &filter, shift) }
            self.filter = filter
        } else {
            var filter = [UInt64](repeating: 0, count: 1 << (bits - 6))
            for table in tables { for gram in table.grams { Self.set(gram, in: &filter, shift) } }
            self.filter = filter
        }
    }

    /// - Parameter bytes: a gram as it lies in memory.
    @inline(__always) private static func hash(_ bytes: UInt32, _ shift: UInt32) -> UInt32 { (bytes &* 0x9e37_79b1) &>> shift }
    private static func set(_ gram: UInt32, in filter: inout [UInt64], _ shift: UInt32) {
        let bit = hash(UInt32(bigEndian: gram), shift)
        filter[Int(bit >> 6)] |= 1 << UInt64(bit & 63)
    }

    /// The first position from `start` on where a pattern may begin, or the text's end; the last three positions always may.
    func candidate(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard start + 4 <= text.count else { return start }
        let end = text.count - 3
        return filter.withUnsafeBufferPointer { filter in
            shortStarts.withUnsafeBufferPointer { shortStarts in
                let shift = shift, hasShort = !short.isEmpty, bytes = UnsafeRawBufferPointer(text)
                var position = start
                while position < end {
                    let bit = Self.hash(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self), shift)
                    if filter[Int(truncatingIfNeeded: bit &>> 6)] &>> UInt64(bit & 63) & 1 != 0 { return position }
                    if hasShort, shortStarts[Int(text[position])] { return position }
                    position &+= 1
                }
                return end
            }
        }
    }

    struct Finding {
        /// Of the longest pattern that is there, in bytes; 0 when none is.
        var length = 0
        var mark = ""
        /// Whether more text could make a longer one.
        var isOpen = false
    }

    /// What is at `position`. `previous` is the byte before it; `atEnd` says that nothing follows the text.
    func find(in text: UnsafeBufferPointer<UInt8>, at position: Int, previous: UInt8?, atEnd: Bool) -> Finding {
        var finding = Finding()
        for table in tables { table.find(in: text, at: position, into: &finding) }
        if !short.isEmpty, shortStarts[Int(text[position])], !(previous?.isWordByte ?? false) {
            for pattern in short { pattern.findAlone(in: text, at: position, atEnd: atEnd, into: &finding) }
        }
        if atEnd { finding.isOpen = false }
        return finding
    }
}

extension Pattern {
    /// A short pattern counts only when what follows it is known, and is no part of a word.
    fileprivate func findAlone(in text: UnsafeBufferPointer<UInt8>, at position: Int, atEnd: Bool, into finding: inout Matcher.Finding) {
        let available = text[position...].prefix(bytes.count)
        guard bytes.withBytes({ available.elementsEqual($0.prefix(available.count)) }) else { return }
        let next = position + bytes.count
        if next >= text.count, !(atEnd && next == text.count) {
            finding.isOpen = true
        } else if bytes.count > finding.length, next == text.count || !text[next].isWordByte {
            finding.length = bytes.count
            finding.mark = mark
        }
    }
}

extension UInt8 {
    fileprivate var isWordByte: Bool { isAlphanumeric || self == UInt8(ascii: "_") || self >= 0x80 }
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

    func find(in text: UnsafeBufferPointer<UInt8>, at position: Int, into finding: inout Matcher.Finding) {
        let available = text.count - position
        // The text's first bytes as the lowest and the highest gram that begin with them.
        var low: UInt32 = 0, high: UInt32 = 0
        for index in 0..<4 {
            low = low << 8 | (index < available ? UInt32(text[position + index]) : 0)
            high = high << 8 | (index < available ? UInt32(text[position + index]) : 0xff)
        }
        var first = Self.partition(0, grams.count) { grams[$0] >= low }
        guard first < grams.count, grams[first] <= high else { return }
        if available < 4 { finding.isOpen = true; return }
        var last = Self.partition(first, grams.count) { grams[$0] > high }

        // Of patterns that agree with the text so far, the one that ends here sorts first.
        var depth = 4
        while first < last {
            if patterns[first].bytes.count == depth {
                if depth > finding.length { finding.length = depth; finding.mark = patterns[first].mark }
                first += 1
                continue
            }
            guard depth < available else { finding.isOpen = true; return }
            let byte = text[position + depth]
            first = Self.partition(first, last) { patterns[$0].bytes[depth] >= byte }
            last = Self.partition(first, last) { patterns[$0].bytes[depth] > byte }
            depth += 1
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
