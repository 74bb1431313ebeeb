import Templating
import YAML

extension Inventory {
    package struct Selection: Sendable {
        package let hosts: [String]
        package let warnings: [Diagnostic]
    }

    /// The hosts of a play's `hosts:` pattern, cut down by `--limit`, in the order in which the pattern names them.
    ///
    /// A selected host may be the implicit localhost, which is not in `hosts`; `host(named:)` knows it.
    /// - Throws: a subscript that selects nothing, a regular expression that is none, a limit file that cannot be read.
    package func select(_ pattern: String, limit: String? = nil) throws(Diagnostics) -> Selection {
        try select([pattern], limit: limit)
    }

    /// As `select`, for a list of patterns.
    package func select(_ patterns: [String], limit: String? = nil) throws(Diagnostics) -> Selection {
        var evaluation = PatternEvaluation(self)
        do throws(Diagnostic) {
            let names = Array(selections.keys)
            var hosts = try evaluation.hosts(of: patterns.flatMap { HostPattern.split($0, names: names) })
            if let limit, let allowed = try Self.allowed(by: limit, names, &evaluation) {
                hosts = hosts.filter(allowed.contains)
            }
            var seen: Set<String> = []
            return Selection(hosts: hosts.filter { seen.insert($0).inserted }, warnings: evaluation.warnings)
        } catch {
            throw Diagnostics([error])
        }
    }

    /// The hosts that a limit leaves; nil for all, where it is empty.
    private static func allowed(
        by limit: String, _ names: [String], _ evaluation: inout PatternEvaluation
    ) throws(Diagnostic) -> Set<String>? {
        do throws(Diagnostic) {
            let limits = try HostPattern.limits(limit, names: names)
            if !limits.isEmpty { return Set(try evaluation.hosts(of: limits)) }
        } catch {
            throw Diagnostic("--limit: \(error.problem)", at: error.mark, remedy: error.remedy)
        }
        // Nothing but brackets and separators: who writes it does not mean all hosts.
        guard limit.trimmingWhitespace().isEmpty else {
            throw Diagnostic("--limit: '\(limit)' is no pattern", at: nil, remedy: "write names, or all")
        }
        return nil
    }
}

/// How a pattern's text falls apart.
enum HostPattern {
    /// `a,b` at its commas; without any, `a:b` at its colons, unless it is an address or a name with a range.
    ///
    /// - Parameter names: of selections; their colons don't part.
    static func split(_ text: String, names: [String] = []) -> [String] {
        let parts: [String]
        if text.contains(",") {
            parts = text.split(separator: ",").map(String.init)
        } else if HostAddress(text) != nil {
            parts = [text]
        } else {
            parts = colonParts(text, names)
        }
        return parts.map { $0.trimmingWhitespace() }.filter { !$0.isEmpty }
    }

    /// Runs of what is neither blank nor a colon, with `[…]` whole; a bracket that is not closed separates, except in a
    /// regular expression, which it makes an invalid one: what
    /// is left of that without the bracket may match every host.
    private static func colonParts(_ text: String, _ names: [String]) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var index = 0
        let lastClose = scalars.lastIndex(of: "]") ?? -1
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "@", let name = names.first(where: { scalars[index...].starts(with: $0.unicodeScalars) }) {
                part.append(contentsOf: name.unicodeScalars)
                index += name.unicodeScalars.count
                continue
            }
            if scalar == "[", index < lastClose, let close = scalars[index...].firstIndex(of: "]") {
                part.append(contentsOf: scalars[index...close])
                index = close + 1
                continue
            }
            let isBracket = scalar == "[" || scalar == "]"
            if scalar == ":" || isBracket && !isRegularExpression(part) || scalar.isPythonSpace {
                parts.append(String(part))
                part = String.UnicodeScalarView()
            } else {
                part.append(scalar)
            }
            index += 1
        }
        return parts + [String(part)]
    }

    private static func isRegularExpression(_ part: String.UnicodeScalarView) -> Bool {
        part.first == "~" || part.count > 1 && (part.first == "&" || part.first == "!") && part.dropFirst().first == "~"
    }

    /// The patterns of `--limit`, those of `@file` included, one a line.
    static func limits(_ text: String, names: [String] = []) throws(Diagnostic) -> [String] {
        var patterns: [String] = []
        for part in split(text, names: names) {
            guard part.hasPrefix("@"), !names.contains(part) else {
                patterns.append(part)
                continue
            }
            let lines = String(decoding: try TextFile.bytes(of: String(part.dropFirst())), as: UTF8.self)
            // An empty line stays: a file of nothing else limits to all hosts, as in Ansible, and not to what the
            // pattern named.
            patterns += lines.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
                $0.trimmingWhitespace()
            }
        }
        return patterns
    }
}

/// Evaluates patterns on an inventory, as Ansible does: the plain ones in order, then `&`, then `!`.
struct PatternEvaluation {
    private let inventory: Inventory
    private(set) var warnings: [Diagnostic] = []

    init(_ inventory: Inventory) { self.inventory = inventory }

    mutating func hosts(of patterns: [String]) throws(Diagnostic) -> [String] {
        var plain = patterns.filter { !$0.isEmpty && !$0.hasPrefix("&") && !$0.hasPrefix("!") }
        if plain.isEmpty { plain = ["all"] }
        var hosts: [String] = []
        var present: Set<String> = []
        for pattern in plain {
            if inventory.hosts[pattern] != nil {
                hosts.append(pattern)
                present.insert(pattern)
            } else {
                let found = try matches(pattern).filter { !present.contains($0) }
                hosts += found
                present.formUnion(found)
            }
        }
        for pattern in patterns where pattern.hasPrefix("&") {
            let wanted = Set(try matches(String(pattern.dropFirst())))
            hosts = hosts.filter(wanted.contains)
        }
        for pattern in patterns where pattern.hasPrefix("!") {
            let unwanted = Set(try matches(String(pattern.dropFirst())))
            hosts = hosts.filter { !unwanted.contains($0) }
        }
        return hosts
    }

    /// A pattern without its `&` or `!`, with its subscript.
    private mutating func matches(_ pattern: String) throws(Diagnostic) -> [String] {
        guard pattern != "~" else {
            throw Diagnostic(
                "a host pattern of '~' alone", at: nil,
                remedy: "write a regular expression after it, without a space; ~.* matches every name")
        }
        guard !pattern.isEmpty else {
            throw Diagnostic(
                "a host pattern of '!' or '&' alone", at: nil, remedy: "write a pattern after it, without a space")
        }
        guard !pattern.hasPrefix("~"), let (base, slice) = Slice.split(pattern) else { return try enumerate(pattern) }
        if slice.isDashed {
            warn("the subscript of '\(pattern)' has a dash", remedy: "write [first:last]")
        }
        let hosts = try enumerate(base)
        guard let sliced = slice.applied(to: hosts) else {
            throw Diagnostic(
                "the pattern '\(pattern)' selects no host: '\(base)' has \(hosts.count)", at: nil,
                remedy: "subscripts begin at 0")
        }
        return sliced
    }

    /// Hosts of the groups that match; the hosts that match as well when there is no such group, or when the pattern
    /// has wildcards.
    private mutating func enumerate(_ pattern: String) throws(Diagnostic) -> [String] {
        if let hosts = inventory.selections[pattern] { return hosts.filter { inventory.hosts[$0] != nil } }
        let matcher = try NameMatcher(pattern)
        let isExact = !pattern.hasPrefix("~") && !pattern.contains(where: { "*?[".contains($0) })
        let groups =
            isExact ? (inventory.groups[pattern] == nil ? [] : [pattern]) : try matcher.among(inventory.groupOrder)
        var hosts = groups.flatMap { inventory.groups[$0]?.allHosts ?? [] }
        if groups.isEmpty || pattern.hasPrefix("~") || pattern.contains(where: { ".?*[".contains($0) }) {
            if isExact {
                if inventory.hosts[pattern] != nil { hosts.append(pattern) }
            } else {
                hosts += try matcher.among(inventory.mentionedHosts)
            }
        }
        if hosts.isEmpty, Inventory.localNames.contains(pattern) { return [pattern] }
        if hosts.isEmpty, groups.isEmpty, pattern != "all" {
            warn("Could not match supplied host pattern, ignoring: \(pattern)")
        }
        return hosts
    }

    private mutating func warn(_ problem: String, remedy: String? = nil) {
        let warning = Diagnostic(problem, at: nil, remedy: remedy)
        if !warnings.contains(warning) { warnings.append(warning) }
    }
}

/// Which names a pattern is of: a glob, or after `~` a regular expression.
private struct NameMatcher {
    private let pattern: String
    private let expression: PythonRegex?

    init(_ pattern: String) throws(Diagnostic) {
        self.pattern = pattern
        do throws(TemplateError) {
            expression = pattern.hasPrefix("~") ? try PythonRegex(String(pattern.dropFirst())) : nil
        } catch {
            throw Diagnostic(
                "'\(pattern)' is no regular expression: \(error.message)", at: nil,
                remedy: "what follows '~' is read in Python's dialect")
        }
    }

    func among(_ names: [String]) throws(Diagnostic) -> [String] {
        guard let expression else {
            let glob = Glob(pattern)
            return names.filter(glob.matches)
        }
        var found: [String] = []
        do throws(TemplateError) {
            for name in names where try expression.firstMatch(in: name, anchored: true) != nil { found.append(name) }
        } catch {
            throw Diagnostic("'\(pattern)': \(error.message)", at: nil)
        }
        return found
    }
}

/// The subscript of a pattern: `[0]`, `[-1]`, `[0:2]` with both ends taken, `[3:]`.
private struct Slice {
    let start: Int
    let end: Int?
    /// `[0-2]`, which Ansible deprecated and still reads.
    var isDashed = false

    /// The pattern and its subscript; nil when what ends it, if anything, is a set of characters.
    static func split(_ pattern: String) -> (base: String, slice: Slice)? {
        guard pattern.hasSuffix("]"), let open = pattern.lastIndex(of: "["), open > pattern.startIndex else {
            return nil
        }
        let inner = pattern[pattern.index(after: open)...].dropLast()
        let base = String(pattern[..<open])
        func number(_ text: Substring) -> Int? {
            !text.isEmpty && text.utf8.allSatisfy(\.isASCIIDigit) ? Int(text) : nil
        }
        if let index = number(inner) ?? (inner.hasPrefix("-") ? number(inner.dropFirst()).map { -$0 } : nil) {
            return (base, Slice(start: index, end: nil))
        }
        guard let separator = inner.firstIndex(where: { $0 == ":" || $0 == "-" }),
            let start = number(inner[..<separator])
        else { return nil }
        let rest = inner[inner.index(after: separator)...]
        let isDashed = inner[separator] == "-"
        if rest.isEmpty { return (base, Slice(start: start, end: -1, isDashed: isDashed)) }
        return number(rest).map { (base, Slice(start: start, end: $0, isDashed: isDashed)) }
    }

    /// Nil when a single index is out of range; of no hosts any subscript is fine.
    func applied(to hosts: [String]) -> [String]? {
        guard !hosts.isEmpty else { return hosts }
        // An end of 0 counts as none, as in Ansible.
        if let end, end != 0 {
            let last = end == -1 ? hosts.count - 1 : min(end, hosts.count - 1)
            return start <= last ? Array(hosts[start...last]) : []
        }
        let index = start < 0 ? hosts.count + start : start
        return hosts.indices.contains(index) ? [hosts[index]] : nil
    }
}
