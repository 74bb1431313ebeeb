/// `90s`, `15m`, `2h`, `1d`, `1h30m`; a number alone is seconds.
enum DurationText {
    private static let units: [(name: Character, seconds: Int)] = [
        ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// In seconds; nil for what is none, or more than a hundred years.
    static func seconds(_ text: String) -> Int? {
        if let number = Int(text) { return (0...3_153_600_000).contains(number) ? number : nil }
        var total = 0
        var digits = ""
        for character in text.lowercased() {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            if character == " ", digits.isEmpty { continue }
            guard let unit = units.first(where: { $0.name == character }), let number = Int(digits),
                number <= 3_153_600_000
            else { return nil }
            total += number * unit.seconds
            // Many of the largest would be more than any number.
            guard total <= 3_153_600_000 else { return nil }
            digits = ""
        }
        return digits.isEmpty && (1...3_153_600_000).contains(total) ? total : nil
    }

    /// The shortest way to write it: `1h30m`.
    static func text(_ seconds: Int) -> String {
        guard seconds > 0 else { return "0s" }
        var rest = seconds
        var text = ""
        for unit in units where rest >= unit.seconds {
            // Weeks only where they come out even: 8d reads better than 1w1d.
            if unit.name == "w", rest % unit.seconds != 0 { continue }
            text += "\(rest / unit.seconds)\(unit.name)"
            rest %= unit.seconds
        }
        return text
    }
}
