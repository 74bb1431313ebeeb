/// Finds, at every position of a text, the longest of many patterns.
///
/// Tables of bits over hashes of four bytes pass over the positions where nothing can start, about a nanosecond each
/// however many patterns
/// there are. They know what each secret begins with in every encoding; where escapes or the end of a line are among
/// the four bytes, they are
/// read as `Canonical` and `Digits` read them. At the positions that are left a binary search among sorted patterns
/// narrows down, byte by byte, those that
/// go on like the text, in each view of it. Unlike an Aho-Corasick automaton, whose links all change with every new
/// pattern, this takes new
/// patterns cheaply: they form a table of their own, and tables of like size are merged, so that each pattern is moved
/// a logarithmic number
/// of times.
///
/// The price is that a text that follows a long pattern from many of its positions is read again from each;
/// `SecretForms` makes no pattern
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
        let bytes = text.bytes
        let raw = UnsafeRawBufferPointer(bytes)
        let hasShort = !short.isEmpty
        return beginnings.withFilter { filter in
            shortStarts.withUnsafeBufferPointer { shortStarts in
                var position = start
                while position < bytes.count {
                    let special = ahead.special(in: bytes, from: position)
                    let plainEnd = special - 3
                    while position < plainEnd {
                        if !hasShort {
                            while position &+ 4 < plainEnd,
                                !filter.mayHoldOne(of: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                            { position &+= 4 }
                        }
                        for _ in 0..<min(4, plainEnd &- position) {
                            if filter.mayHold(raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)) {
                                return position
                            }
                            if hasShort, shortStarts[Int(bytes[position])] { return position }
                            position &+= 1
                        }
                    }
                    // A line's end that nothing goes beyond: most of them. And the text's end: what is left is shorter
                    // than any pattern, and nothing in it stands for more.
                    let isLineEnd =
                        special < bytes.count
                        ? !bytes[special].introducesEscape && !text.mayWrap(at: special) : text.atEnd
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

    /// What begins with the first of the decoded bytes. Seldom more than those few are decoded that tell that nothing
    /// does.
    private func find(decoding decoder: Decoder, from start: Int, depth: Int, into finding: inout Finding) {
        var decoder = decoder
        var decoded: [UInt8] = []
        var ends: [Int] = []
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
            let isCut = decoded.count == wanted
            let isLast: Bool
            if case .end = last, !isCut { isLast = true } else { isLast = false }
            guard decoded.count > lead else {
                if !isLast { finding.isOpen = true }
                return
            }
            var inner = Finding()
            decoded.withUnsafeBufferPointer { bytes in
                let text = Stretch(bytes: bytes, atEnd: isLast, isDecoded: true)
                if beginnings.withFilter({ mayBegin(in: text, at: lead, $0) }) {
                    find(in: text, at: lead, depth: depth, into: &inner)
                }
            }
            if inner.isOpen, isCut {
                wanted *= 4
                continue
            }
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
