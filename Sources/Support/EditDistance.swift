/// How far two words are from each other, for those that somebody may have meant.
package enum EditDistance {
    /// Edits from one word to the other, whatever their case: a letter more, less, other, or two swapped. Words whose
    /// lengths alone differ by more than `limit` are not compared.
    package static func between(_ first: String, _ second: String, limit: Int) -> Int {
        let a = Array(first.lowercased())
        let b = Array(second.lowercased())
        guard abs(a.count - b.count) <= limit else { return .max }
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    cost = min(cost, beforePrevious[j - 2] + 1)
                }
                row.append(cost)
            }
            beforePrevious = previous
            previous = row
        }
        return previous[b.count]
    }
}
