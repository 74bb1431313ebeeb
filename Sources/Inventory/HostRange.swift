import YAML

/// Expands the ranges in a host's name: `gpu[001:016]`, `rack[a:f]-n[1:9:2]`.
enum HostRange {
    typealias Refusal = InventoryGraph.Refusal

    /// More hosts than that are taken for a mistake.
    static let limit = 1_000_000

    /// The names, and the port that was written after them.
    static func expand(_ pattern: String) throws(Refusal) -> (names: [String], port: Int?) {
        let address = HostAddress(pattern)
        let name = address?.name ?? pattern
        guard name.contains("[") else { return ([name], address?.port) }
        return (try expanded(name), address?.port)
    }

    private static func expanded(_ name: String) throws(Refusal) -> [String] {
        // One range after the other: each multiplies the names that there are so far.
        var names = [""]
        var rest = name[...]
        while rest.contains("["), !names.isEmpty {
            guard let open = rest.firstIndex(of: "["), let close = rest.firstIndex(of: "]"), open < close,
                !name.contains("|")
            else {
                throw Refusal(
                    "'\(name)' is no host range", remedy: "a range is written [first:last] or [first:last:step]")
            }
            let items = try items(rest[rest.index(after: open)..<close])
            let head = rest[..<open]
            let (count, overflow) = names.count.multipliedReportingOverflow(by: items.count)
            guard !overflow, count <= limit else { throw Refusal("the range '\(name)' has more than \(limit) hosts") }
            names = names.flatMap { name in items.map { name + head + $0 } }
            rest = rest[rest.index(after: close)...]
            guard (names.first?.utf8.count ?? 0) <= longest else {
                throw Refusal("the range '\(name)' makes names that are longer than any host's")
            }
        }
        return names.map { $0 + rest }
    }

    /// More than a name in the DNS has, and little enough to be multiplied.
    private static let longest = 1024

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

    private static func items(_ range: Substring) throws(Refusal) -> [String] {
        let bounds = range.split(separator: ":", omittingEmptySubsequences: false)
        guard bounds.count == 2 || bounds.count == 3 else {
            throw Refusal(
                "the range '[\(range)]' needs a first and a last",
                remedy: "a range is written [first:last] or [first:last:step]")
        }
        let first = bounds[0].isEmpty ? "0" : bounds[0]
        let last = bounds[1]
        guard !last.isEmpty else {
            throw Refusal(
                "the range '[\(range)]' has no last", remedy: "a range is written [first:last] or [first:last:step]")
        }
        // Leading zeros ask for names of equal length.
        let width = first.hasPrefix("0") && first.count > 1 ? first.count : 0
        guard width == 0 || width == last.count else {
            throw Refusal(
                "the bounds of the range '[\(range)]' differ in length", remedy: "write as many digits in both")
        }
        guard let step = bounds.count == 3 ? integer(bounds[2]) : 1, step != 0 else {
            throw Refusal("the step of the range '[\(range)]' is not a number other than 0")
        }

        if let from = letterIndex(first), let to = letterIndex(last) {
            guard from <= to else { throw Refusal("the range '[\(range)]' runs backwards") }
            return step > 0 ? stride(from: from, through: to, by: step).map { String(letters[$0]) } : []
        }
        guard let from = integer(first), let to = integer(last) else {
            throw Refusal("the bounds of the range '[\(range)]' are neither numbers nor letters")
        }
        guard abs(to - from) / abs(step) <= limit else {
            throw Refusal("the range '[\(range)]' has more than \(limit) hosts")
        }
        return stride(from: from, to: to + 1, by: step).map { number in
            let digits = String(number.magnitude)
            let sign = number < 0 ? "-" : ""
            return sign + String(repeating: "0", count: max(0, width - digits.count - sign.count)) + digits
        }
    }

    /// Where a text begins in the alphabet, small letters first; `cd` is a place in it too, as in Ansible.
    private static func letterIndex(_ text: Substring) -> Int? {
        let wanted = Array(text)
        return letters.indices.first { letters[$0...].starts(with: wanted) }
    }

    /// Bounded, so that no sum of two can overflow.
    private static func integer(_ text: Substring) -> Int? {
        guard case .int(let number, _)? = PythonNumber.int(text, base: 10), number.magnitude < 1 << 60 else {
            return nil
        }
        return number
    }
}
