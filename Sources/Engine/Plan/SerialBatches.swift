import Playbook
import YAML

/// `serial:` of a play: into which batches its hosts are cut.
package enum SerialBatches {
    /// One entry of `serial`, rendered: a count, a number in a text, or a percentage. Nil when it is none of them.
    static func size(_ value: Value, of total: Int) -> Int? {
        switch value {
        case .int(let count, _): count
        // As Python's `int` makes of them.
        case .double(let count, _): Int(exactly: count.rounded(.towardZero))
        case .bool(let flag, _): flag ? 1 : 0
        case .string(let text, _):
            if text.hasSuffix("%") {
                Double(text.dropLast()).flatMap {
                    $0.isNaN ? nil : max(1, Int(Double(total) * min(max($0, 0), 1000) / 100))
                }
            } else {
                Int(text)
            }
        default: nil
        }
    }

    /// The last size is repeated until no host is left; zero or less means all that are left.
    package static func cut(_ hosts: [String], sizes: [Int]) -> [[String]] {
        guard !sizes.isEmpty, !hosts.isEmpty else { return hosts.isEmpty ? [] : [hosts] }
        var batches: [[String]] = []
        var rest = hosts[...]
        while !rest.isEmpty {
            let size = sizes[min(batches.count, sizes.count - 1)]
            let batch = size > 0 ? rest.prefix(size) : rest
            batches.append(Array(batch))
            rest = rest.dropFirst(batch.count)
        }
        return batches
    }
}
