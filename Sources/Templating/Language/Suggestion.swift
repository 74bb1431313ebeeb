/// 'did you mean': the nearest of the names that exist.
enum Suggestion {
    /// `; did you mean 'upper'?`, or nothing when no name is near.
    static func text(for name: String, among names: [String]) -> String {
        nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    static func nearest(to name: String, among names: [String]) -> String? {
        let limit = max(1, min(3, name.utf8.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in names where abs(candidate.utf8.count - name.utf8.count) <= limit {
            let distance = distance(Array(name.lowercased().utf8), Array(candidate.lowercased().utf8))
            if distance <= limit, distance < best?.distance ?? .max || (distance == best?.distance && candidate < best?.name ?? "") { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Levenshtein's.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        for (row, left) in a.enumerated() {
            var line = [row + 1]
            for (column, right) in b.enumerated() {
                line.append(min(previous[column + 1] + 1, line[column] + 1, previous[column] + (left == right ? 0 : 1)))
            }
            previous = line
        }
        return previous[b.count]
    }
}
