import Modules
import Playbook
import YAML

/// Before and after as a unified diff, with three lines of context.
enum UnifiedDiff {
    private static let context = 3

    static func text(_ difference: Difference, _ redaction: ValueRedaction) -> String {
        if let prepared = difference.prepared {
            return prepared.hasSuffix("\n") || prepared.isEmpty ? prepared : prepared + "\n"
        }
        let before = lines(difference.before, redaction)
        let after = lines(difference.after, redaction)
        guard before != after else { return "" }
        var text =
            "--- \(difference.beforeHeader.map { "before: \($0)" } ?? "before")\n+++ \(difference.afterHeader.map { "after: \($0)" } ?? "after")\n"
        for hunk in hunks(edits(before, after)) { text += hunk }
        return text
    }

    /// What is no text is redacted before it is written as JSON; a text's lines are when their differences are known.
    private static func lines(_ value: Value, _ redaction: ValueRedaction) -> [String] {
        let text: String
        switch value {
        case .null, .omit: text = ""
        case .string(let content, _): text = content
        case .dict, .list: text = JSON.pretty(redaction.masked(value), indent: 4, sortedKeys: true) + "\n"
        default: text = ArgumentBinder.text(value)
        }
        guard !text.isEmpty else { return [] }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += "\n\\ No newline at end of file" }
        return lines
    }

    private enum Edit { case same(String), removed(String), added(String) }

    private static func edits(_ before: [String], _ after: [String]) -> [Edit] {
        let difference = after.difference(from: before)
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var edits: [Edit] = []
        var old = 0
        var new = 0
        while old < before.count || new < after.count {
            if removed.contains(old) {
                edits.append(.removed(before[old]))
                old += 1
            } else if added.contains(new) {
                edits.append(.added(after[new]))
                new += 1
            } else {
                edits.append(.same(before[old]))
                old += 1
                new += 1
            }
        }
        return edits
    }

    private static func hunks(_ edits: [Edit]) -> [String] {
        let changed = edits.indices.filter { if case .same = edits[$0] { false } else { true } }
        var ranges: [Range<Int>] = []
        for index in changed {
            let range = max(0, index - context)..<min(edits.count, index + context + 1)
            if let last = ranges.last, range.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        var old = 1
        var new = 1
        var position = 0
        return ranges.map { range in
            // Between hunks there are only lines that both have.
            old += range.lowerBound - position
            new += range.lowerBound - position
            position = range.upperBound
            var body = ""
            var oldCount = 0
            var newCount = 0
            for edit in edits[range] {
                switch edit {
                case .same(let line):
                    body += " \(line)\n"
                    oldCount += 1
                    newCount += 1
                case .removed(let line):
                    body += "-\(line)\n"
                    oldCount += 1
                case .added(let line):
                    body += "+\(line)\n"
                    newCount += 1
                }
            }
            let header = "@@ -\(span(old, oldCount)) +\(span(new, newCount)) @@\n"
            old += oldCount
            new += newCount
            return header + body
        }
    }

    private static func span(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start)" : "\(count == 0 ? start - 1 : start),\(count)"
    }
}
