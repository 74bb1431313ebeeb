import Support

/// 'did you mean': the nearest of the names that exist.
enum Suggestion {
    /// `; did you mean 'upper'?`, or nothing when no name is near.
    static func text(for name: String, among names: [String]) -> String {
        nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The names of filters and variables are many and short, so they must be nearer than what `Spelling` proposes.
    static func nearest(to name: String, among names: [String]) -> String? {
        let limit = max(1, min(3, name.utf8.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in names where abs(candidate.utf8.count - name.utf8.count) <= limit {
            let distance = EditDistance.between(name, candidate, limit: limit)
            if distance <= limit,
                distance < best?.distance ?? .max || (distance == best?.distance && candidate < best?.name ?? "")
            {
                best = (candidate, distance)
            }
        }
        return best?.name
    }
}
