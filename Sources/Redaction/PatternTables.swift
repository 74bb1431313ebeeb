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
        while grown.tables.count > 1,
            grown.tables[grown.tables.count - 2].patterns.count < 2
                * grown.tables[grown.tables.count - 1].patterns.count
        {
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

    @inline(__always) private static func hash(_ gram: UInt32) -> UInt64 {
        (UInt64(gram) &* 0x9e37_79b9_7f4a_7c15) &>> 32
    }
    private static func set(_ gram: UInt32, in bits: inout [UInt64]) {
        let bit = hash(gram) & UInt64(64 * bits.count - 1)
        bits[Int(bit >> 6)] |= 1 << (bit & 63)
    }

    func find(_ reader: some ByteReader, from start: Int, into finding: inout Matcher.Finding) {
        var reader = reader
        var gram: UInt32 = 0
        var known = 0
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
    fileprivate func find(
        _ gram: UInt32, known: Int, _ reader: some ByteReader, from start: Int, into finding: inout Matcher.Finding
    ) {
        // The first bytes as the lowest and the highest gram that begin with them.
        let unknown = UInt64(8 * (4 - known))
        let low = UInt32(UInt64(gram) << unknown)
        let high = low | UInt32(1 << unknown - 1)
        var first = Self.partition(0, grams.count) { grams[$0] >= low }
        guard first < grams.count, grams[first] <= high else { return }
        if known < 4 {
            finding.isOpen = true
            return
        }
        var last = Self.partition(first, grams.count) { grams[$0] > high }

        // Of patterns that agree with the text so far, the one that ends here sorts first.
        var depth = 4
        var reader = reader
        while first < last {
            if patterns[first].bytes.count == depth {
                finding.keepLonger(reader.position - start, patterns[first])
                first += 1
                continue
            }
            switch reader.next() {
            case .end: return
            case .more:
                finding.isOpen = true
                return
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
        var start = start
        var end = end
        while start < end {
            let middle = (start + end) / 2
            if isAfter(middle) { end = middle } else { start = middle + 1 }
        }
        return start
    }
}
