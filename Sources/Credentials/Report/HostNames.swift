/// Writes many host names shortly, in the inventory's own notation: `gpu-[001:200], login`.
enum HostNames {
    static func compact(_ names: [String], limit: Int = 8) -> String {
        var parts: [Part] = []
        for name in names {
            let part = Part(name)
            if let last = parts.last, let joined = last.followed(by: part) {
                parts[parts.count - 1] = joined
            } else {
                parts.append(part)
            }
        }
        let shown = parts.prefix(limit)
        let rest = names.count - shown.reduce(0) { $0 + $1.count }
        return shown.map(\.text).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// A name, or names that differ in one number only.
    private struct Part {
        var before: String, after: String
        var first = "", last = ""
        var count = 1

        init(_ name: String) {
            let digits = name.utf8.reversed().drop { !(0x30...0x39).contains($0) }.prefix { (0x30...0x39).contains($0) }
                .count
            let tail = name.utf8.reversed().prefix { !(0x30...0x39).contains($0) }.count
            // An address's last number says no more than the address.
            before = String(name.dropLast(tail + digits))
            after = String(name.suffix(tail))
            if digits > 0, digits < 10 {
                first = String(name.dropLast(tail).suffix(digits))
            } else {
                before = name
                after = ""
            }
            last = first
        }

        func followed(by next: Part) -> Part? {
            guard !first.isEmpty, !next.first.isEmpty, before == next.before, after == next.after, let end = Int(last),
                Int(next.first) == end + 1,
                next.first.count == last.count || (next.first.count > last.count && !last.hasPrefix("0"))
            else { return nil }
            var joined = self
            joined.last = next.last
            joined.count += next.count
            return joined
        }

        var text: String {
            switch count {
            case 1: before + first + after
            case 2: "\(before)\(first)\(after), \(before)\(last)\(after)"
            default: "\(before)[\(first):\(last)]\(after)"
            }
        }
    }
}
