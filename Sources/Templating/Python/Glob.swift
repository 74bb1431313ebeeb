/// A shell wildcard over a whole name: `*`, `?`, `[a-c]`, `[!x]`. As Python's `fnmatch`, case counts.
package struct Glob: Sendable {
    private enum Part {
        case literal(Unicode.Scalar)
        case any, anyRun
        case oneOf([ClosedRange<UInt32>], negated: Bool)
    }
    private let parts: [Part]

    package init(_ pattern: String) {
        let scalars = Array(pattern.unicodeScalars)
        var parts: [Part] = []
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "*": if case .anyRun? = parts.last {} else { parts.append(.anyRun) }
            case "?": parts.append(.any)
            case "[":
                var end = index
                if end < scalars.count, scalars[end] == "!" { end += 1 }
                // A bracket that stands first is one of the characters.
                if end < scalars.count, scalars[end] == "]" { end += 1 }
                while end < scalars.count, scalars[end] != "]" { end += 1 }
                guard end < scalars.count else {
                    parts.append(.literal(scalar))
                    continue
                }
                var set = scalars[index..<end]
                let negated = set.first == "!"
                if negated { set.removeFirst() }
                parts.append(.oneOf(Self.ranges(Array(set)), negated: negated))
                index = end + 1
            default: parts.append(.literal(scalar))
            }
        }
        self.parts = parts
    }

    private static func ranges(_ set: [Unicode.Scalar]) -> [ClosedRange<UInt32>] {
        var ranges: [ClosedRange<UInt32>] = []
        var index = 0
        while index < set.count {
            if index + 2 < set.count, set[index + 1] == "-" {
                let (low, high) = (set[index].value, set[index + 2].value)
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(set[index].value...set[index].value)
                index += 1
            }
        }
        return ranges
    }

    package func matches(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var place = 0
        var part = 0
        // Where to go on when what follows the last run does not match: the run takes one character more.
        var retry: (part: Int, place: Int)?
        while true {
            if part == parts.count {
                if place == scalars.count { return true }
            } else if case .anyRun = parts[part] {
                retry = (part + 1, place)
                part += 1
                continue
            } else if place < scalars.count, matches(parts[part], scalars[place]) {
                part += 1
                place += 1
                continue
            }
            guard let last = retry, last.place < scalars.count else { return false }
            retry = (last.part, last.place + 1)
            (part, place) = (last.part, last.place + 1)
        }
    }

    private func matches(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
        switch part {
        case .literal(let wanted): wanted == scalar
        case .any, .anyRun: true
        case .oneOf(let ranges, let negated): ranges.contains { $0.contains(scalar.value) } != negated
        }
    }
}
