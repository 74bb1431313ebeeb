import Support

/// Finds what somebody meant to write.
package enum Spelling {
    /// The candidate that differs least from `word`, when it differs little; the first of several.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        var best: (word: String, distance: Int)?
        let limit = max(1, min(3, word.count / 2))
        for candidate in candidates {
            let distance = EditDistance.between(word, candidate, limit: limit)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }
}
