/// Changes of a text that its reader did not think of.
struct Mutation {
    let words: [String], samples: [[UInt8]]

    /// No input is longer: what is longer takes time and finds nothing else.
    static let longest = 16 << 10

    private static let brackets = [
        "(", "[", "{", "{{", "{%", "- ", "[[", "{\"a\":", "((", "\"", "'", "&a [*a, ", "not ", "-", "(?:", "!", "a:",
        "? ", "> ", "'", "|", "\u{1e}",
    ]

    func changed(_ sample: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var text = sample
        for _ in 0..<dice.magnitude(upTo: 12) { change(&text, &dice) }
        return Array(text.prefix(Self.longest))
    }

    private static func repeated(_ part: [UInt8], _ times: Int) -> [UInt8] {
        var result: [UInt8] = []
        for _ in 0..<min(times, longest / max(1, part.count)) { result += part }
        return result
    }

    private func change(_ text: inout [UInt8], _ dice: inout Dice) {
        let place = dice.below(text.count + 1)
        func range(_ dice: inout Dice) -> Range<Int> { place..<min(text.count, place + dice.magnitude(upTo: 64)) }
        switch dice.below(12) {
        case 0: if place < text.count { text[place] ^= 1 << UInt8(dice.below(8)) }
        case 1: if place < text.count { text[place] = dice.byte() }
        case 2:
            text.insert(
                contentsOf: dice.chance(50)
                    ? [dice.byte()]
                    : Array(
                        dice.one(of: [
                            "\n", "\0", "\t", " ", "\u{feff}", "\u{301}", "\u{1f468}\u{200d}\u{1f469}", "\r\n",
                            "\u{85}", "\u{2028}", "ß", "İ",
                        ]).utf8), at: place)
        case 3: text.removeSubrange(range(&dice))
        case 4: text.insert(contentsOf: text[range(&dice)], at: place)
        case 5:  // A number becomes one at an edge.
            guard let start = text[place...].firstIndex(where: { $0.isDigit }) else { return }
            let end = text[start...].firstIndex { !$0.isDigit } ?? text.count
            text.replaceSubrange(start..<end, with: Array(dice.number().utf8))
        case 6, 7: text.insert(contentsOf: Array((words.isEmpty ? dice.number() : dice.one(of: words)).utf8), at: place)
        case 8:  // What another sample has.
            let other = dice.one(of: samples)
            let from = dice.below(other.count + 1)
            text.replaceSubrange(range(&dice), with: other[from..<min(other.count, from + dice.magnitude(upTo: 256))])
        case 9:  // Deep.
            let times = dice.magnitude(upTo: 20_000)
            let bracket = Array(dice.one(of: Self.brackets + words).utf8)
            text.insert(contentsOf: Self.repeated(bracket, times), at: place)
        case 10:  // Long.
            let part = Array(text[range(&dice)])
            text.insert(contentsOf: Self.repeated(part, dice.magnitude(upTo: 5000)), at: place)
        default: text.insert(contentsOf: Array(dice.number().utf8), at: place)
        }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
