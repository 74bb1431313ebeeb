/// What Ansible has: the modules, filters, tests and lookups of ansible-core and of the collections of its package, by
/// name.
///
/// With them a name that is misspelt is distinguished from one that ComfyFleet does not have yet. The names stand in
/// `AnsibleNames+List.swift`, which `scripts/ansible-names` writes.
package enum AnsibleNames {
    package enum Kind: String, Sendable, CaseIterable { case module, filter, test, lookup }

    /// Whether Ansible finds something by that name: a short one, or one after its collection's.
    package static func has(_ kind: Kind, _ name: String) -> Bool { fullName(kind, name) != nil }

    /// The name with its collection: `json_query` is `community.general.json_query`. nil for what Ansible does not have.
    package static func fullName(_ kind: Kind, _ name: String) -> String? {
        guard let names = table.names[kind] else { return nil }
        guard name.contains(".") else { return names.short[name] }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2 else { return nil }
        let collection = parts.prefix(2).joined(separator: ".")
        let last = parts.dropFirst(2).joined(separator: ".")
        if collection == "ansible.builtin" || collection == "ansible.legacy" { return names.short[last] }
        return names.full.contains(name) ? name : nil
    }

    /// Those of a collection, without its name.
    package static func names(_ kind: Kind, of collection: String) -> [String] {
        let prefix = collection + "."
        return (table.names[kind]?.full ?? []).filter { $0.hasPrefix(prefix) }.map {
            String($0.dropFirst(prefix.count))
        }
        .sorted()
    }

    /// Short names, for suggestions.
    package static func shortNames(_ kind: Kind) -> [String] { table.names[kind].map { Array($0.short.keys) } ?? [] }

    /// The options of a module of Ansible's that ComfyFleet has, by its full name, with their aliases.
    package static func options(ofModule name: String) -> Set<String> { table.options[name] ?? [] }

    private struct Names: Sendable {
        var full: Set<String> = []
        /// Names that need no collection, to the full ones.
        var short: [String: String] = [:]
    }
    private struct Table: Sendable {
        var names: [Kind: Names] = [:]
        var options: [String: Set<String>] = [:]

        /// A line `module ansible.builtin`, and the names below it, each line of them indented. A capital letter stands
        /// for that many characters of the name before; `*` marks what goes by its short name, too.
        init(_ text: String) {
            var kind: Kind?
            var owner = ""
            var before: Substring = ""
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                let words = line.split(separator: " ")
                if !line.hasPrefix(" "), words.count == 2 {
                    kind = Kind(rawValue: String(words[0]))
                    owner = String(words[1])
                    before = ""
                    continue
                }
                for word in words {
                    var name = word
                    if let letter = word.first?.asciiValue, (65...90).contains(letter) {
                        name = before.prefix(Int(letter) - 64) + word.dropFirst()
                    }
                    let isShort = name.last == "*"
                    if isShort { name.removeLast() }
                    before = name
                    guard let kind else {
                        options[owner, default: []].insert(String(name))
                        continue
                    }
                    let full = "\(owner).\(name)"
                    names[kind, default: Names()].full.insert(full)
                    if isShort || owner == "ansible.builtin" { names[kind]?.short[String(name)] = full }
                }
            }
        }
    }
    private static let table = Table(list)
}
