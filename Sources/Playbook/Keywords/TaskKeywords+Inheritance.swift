import Templating
import YAML

extension TaskKeywords {
    /// What a part has when its surroundings have `outer`: conditions, tags and environments add up, the rest is the
    /// part's own where it says so. See `KeywordSpec.Inherited`.
    package func inheriting(_ outer: TaskKeywords) -> TaskKeywords {
        var merged = self
        for spec in KeywordSpec.inheritedOnes {
            switch spec.inherited {
            case .nearest(let slot):
                if let own = merged[keyPath: slot] {
                    guard Templar.holdsTemplate(own.value) else { break }
                    if let outer = outer[keyPath: slot] { merged[keyPath: slot]?.otherwise.append(outer) }
                } else {
                    merged[keyPath: slot] = outer[keyPath: slot]
                }
            case .nearestOnes(let join), .added(let join): join(&merged, outer)
            case .no, .whileReading: break
            }
        }
        merged.problems = outer.problems + problems
        // No keyword, but what a role brings.
        merged.defaults = outer.defaults
        merged.defaults.merge(defaults)
        return merged
    }
}
