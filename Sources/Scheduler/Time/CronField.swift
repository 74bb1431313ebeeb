import Playbook
import YAML

/// What is wrong in a cron expression: where in its text (in characters, from 0), what, and what to do.
struct CronProblem: Error, Hashable {
    var offset: Int
    var problem: String
    var remedy: String?
}

/// One of the five fields: lists of values, ranges and steps over them.
struct CronField: Sendable, Hashable {
    struct Kind: Sendable {
        let name: String
        let range: ClosedRange<Int>
        var names: [String] = []
        /// A value that means another: Sunday is 7, too.
        var alias: (from: Int, to: Int)?

        static let minute = Kind(name: "minute", range: 0...59)
        static let hour = Kind(name: "hour", range: 0...23)
        static let day = Kind(name: "day of the month", range: 1...31)
        static let month = Kind(
            name: "month", range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
        static let weekday = Kind(
            name: "day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
            alias: (7, 0))
    }

    private(set) var values: Set<Int> = []
    /// It begins with `*`: the field as such chooses nothing (`*`) or a rhythm (`*/2`), and names no time.
    private(set) var isStar = false
    /// `L` and `L-3` in the days: how many days before the last one of the month.
    private(set) var daysBeforeLast: Set<Int> = []
    /// `5L` in the weekdays: the last Friday of the month.
    private(set) var lastWeekdays: Set<Int> = []
    /// `1#2` in the weekdays: the second Monday of the month.
    private(set) var numberedWeekdays: [Int: Set<Int>] = [:]

    /// - Parameter offset: of the field in the expression.
    init(_ text: Substring, _ kind: Kind, at offset: Int) throws(CronProblem) {
        isStar = text.hasPrefix("*")
        var place = offset
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !part.isEmpty else {
                throw CronProblem(
                    offset: place, problem: "a list with nothing between its commas in '\(text)'",
                    remedy: "take the comma out")
            }
            try read(part, kind, at: place)
            place += part.count + 1
        }
    }

    private mutating func read(_ part: Substring, _ kind: Kind, at place: Int) throws(CronProblem) {
        if part.contains("?") {
            throw CronProblem(offset: place, problem: "'?' is not part of this language", remedy: "write *")
        }
        if part.hasSuffix("W") || part.hasSuffix("w") {
            throw CronProblem(
                offset: place, problem: "'\(part)': W (the nearest working day) is not supported",
                remedy: "write mon-fri in the last field")
        }
        if try readLast(part, kind, at: place) { return }
        let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var step = 1
        if pieces.count == 2 {
            guard let number = Int(pieces[1]), (1...kind.range.upperBound).contains(number) else {
                throw CronProblem(
                    offset: place + pieces[0].count + 1, problem: "'\(pieces[1])' is not a step",
                    remedy: "write a number from 1 to \(kind.range.upperBound)")
            }
            step = number
        }
        let range = try range(pieces[0], kind, at: place, hasStep: pieces.count == 2)
        for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            values.insert(value == kind.alias?.from ? kind.alias?.to ?? value : value)
        }
    }

    private func range(
        _ text: Substring, _ kind: Kind, at place: Int, hasStep: Bool
    ) throws(CronProblem) -> ClosedRange<Int> {
        // With a star no value is there twice, as Sunday would be.
        if text == "*" { return kind.range.lowerBound...(kind.alias.map { $0.from - 1 } ?? kind.range.upperBound) }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try value(ends[0], kind, at: place)
        guard ends.count == 2 else { return first...(hasStep ? kind.range.upperBound : first) }
        var last = try value(ends[1], kind, at: place + ends[0].count + 1)
        // `fri-sun`: Sunday ends a week, too.
        if let alias = kind.alias, last == alias.to, first > last { last = alias.from }
        guard first <= last else {
            throw CronProblem(
                offset: place, problem: "the range '\(text)' goes backwards",
                remedy: "write it as two: \(ends[0])-\(kind.range.upperBound),\(kind.range.lowerBound)-\(ends[1])")
        }
        return first...last
    }

    private func value(_ text: Substring, _ kind: Kind, at place: Int) throws(CronProblem) -> Int {
        if let number = Int(text), text.allSatisfy(\.isNumber) {
            guard kind.range.contains(number) else {
                throw CronProblem(
                    offset: place, problem: "\(number) is not a \(kind.name)",
                    remedy: "write a number from \(kind.range.lowerBound) to \(kind.range.upperBound)")
            }
            return number
        }
        if let index = kind.names.firstIndex(of: text.lowercased()) {
            return index + (kind.range.lowerBound == 1 ? 1 : 0)
        }
        let near = Spelling.nearest(to: text.lowercased(), among: kind.names)
        throw CronProblem(
            offset: place, problem: "'\(text)' is not a \(kind.name)",
            remedy: near.map { "did you mean '\($0)'?" }
                ?? "write a number from \(kind.range.lowerBound) to \(kind.range.upperBound)"
                + (kind.names.isEmpty ? "" : ", or \(kind.names[0]), \(kind.names[1]), …"))
    }

    /// `L`, `L-3`, `5L`, `friL`, `1#2`, `mon#2`.
    private mutating func readLast(_ part: Substring, _ kind: Kind, at place: Int) throws(CronProblem) -> Bool {
        if let mark = part.firstIndex(of: "#") {
            guard kind.name == CronField.Kind.weekday.name else {
                throw CronProblem(
                    offset: place, problem: "'#' stands in the day of the week only",
                    remedy: "write it in the last field, as in mon#2")
            }
            let weekday = try value(part[..<mark], kind, at: place) % 7
            guard let number = Int(part[part.index(after: mark)...]), (1...5).contains(number) else {
                throw CronProblem(
                    offset: place + part.distance(from: part.startIndex, to: mark) + 1,
                    problem: "'\(part)': a month has five weeks", remedy: "write a number from 1 to 5 after the #")
            }
            numberedWeekdays[weekday, default: []].insert(number)
            return true
        }
        switch kind.name {
        case CronField.Kind.day.name where part.first == "L" || part.first == "l":
            let rest = part.dropFirst()
            guard !rest.isEmpty else {
                daysBeforeLast.insert(0)
                return true
            }
            guard rest.first == "-", let number = Int(rest.dropFirst()), (0...30).contains(number) else {
                throw CronProblem(
                    offset: place, problem: "'\(part)' is not a day before the month's last one",
                    remedy: "write L, or L-3 for the third day before it")
            }
            daysBeforeLast.insert(number)
            return true
        case CronField.Kind.weekday.name where (part.last == "L" || part.last == "l") && part.count > 1:
            lastWeekdays.insert(try value(part.dropLast(), kind, at: place) % 7)
            return true
        case CronField.Kind.weekday.name where part == "L" || part == "l":
            throw CronProblem(
                offset: place, problem: "'L' alone is not a day of the week",
                remedy: "write satL for the month's last Saturday, or sat")
        default: return false
        }
    }
}
