import YAML

/// The keys that plays, blocks and tasks have in common, and what to say of those that nobody knows.
extension PlaybookReader {
    static let playKeys = Set(KeywordSpec.names(at: .play))
    static let roleKeys = Set(KeywordSpec.names(at: .role))
    static let blockKeys = Set(KeywordSpec.names(at: .block))
    static let taskKeys = Set(KeywordSpec.names(at: .task))
    static let handlerKeys = Set(KeywordSpec.names(at: .handler))
    /// What an include may say itself; the rest goes below `apply`.
    static let includeKeys = Set(KeywordSpec.names(at: .include))
    /// What tasks and all that holds tasks have in common, if not all of it plays.
    static let sharedKeys = Set(KeywordSpec.names(at: .importing)).intersection(blockKeys)
    /// What an import may say, and what it brings does not inherit.
    static let idleKeys = Set(KeywordSpec.names(at: .importing)).subtracting(blockKeys)

    /// Keys of Ansible's language that are refused with the way to say it here.
    static let unsupportedKeys: [String: String] = Dictionary(
        KeywordSpec.refused.filter { $0.levels != [.prompt] }.map { ($0.name, $0.remedy) },
        uniquingKeysWith: { first, _ in first })

    /// Says that a key is not known (or not supported) where it stands.
    mutating func unknown(_ key: Node, among keys: some Sequence<String>, in place: String) {
        let name = ArgumentBinder.text(key.value)
        if let way = Self.unsupportedKeys[name] {
            meet(
                "'\(name)' in \(place) is not supported", at: key.mark, way, as: .keyword, of: name, met: .call,
                isUnsupported: true)
        } else {
            let near = Spelling.nearest(to: name, among: keys.sorted())
            report("unknown key '\(name)' in \(place)", at: key.mark, near.map { "did you mean '\($0)'?" })
        }
    }

    /// Takes a shared key, with what will be wrong with it; false when it is none.
    mutating func shared(_ key: String, _ node: Node, into keywords: inout TaskKeywords) -> Bool {
        let (isTaken, problems) = carrying { $0.take(key, node, into: &keywords) }
        keywords.problems += problems
        return isTaken
    }

    private mutating func take(_ key: String, _ node: Node, into keywords: inout TaskKeywords) -> Bool {
        guard Self.sharedKeys.contains(key), let spec = KeywordSpec.named(key) else { return false }
        // `key:` with nothing after it is as if it were not there.
        guard !node.value.isNull else { return true }
        if let slot = spec.slot {
            keywords[keyPath: slot] = value(of: spec, node)
            return true
        }
        switch key {
        case "name": break
        case "when": keywords.when += conditions(node, key)
        case "tags": keywords.tags += tags(node)
        case "environment":
            for item in node.items ?? [node] {
                if item.entries == nil, item.value.string?.holdsTemplate != true {
                    warnings.append(
                        Diagnostic(
                            "'environment' is a mapping of names to values, and this is \(item.value.kindInWords)",
                            at: item.mark, remedy: "it has no effect"))
                }
                keywords.environment.append(value(item))
            }
        case "vars": keywords.variables.merge(variables(node))
        case "notify": keywords.notify += (node.items ?? [node]).filter { !$0.value.isNull }.map { text($0, key) }
        // `withDefaults` reads them.
        case "module_defaults": break
        // Modules are found by their short names wherever they live in Ansible.
        case "collections": ownModules.add(collections: names(node, key))
        default: return false
        }
        return true
    }

    /// A single value of the kind that the table gives the keyword, or a template.
    mutating func value(of spec: KeywordSpec, _ node: Node) -> Located<Value> {
        switch spec.type {
        case .flag: return flag(node, spec.name)
        case .number: return number(node, spec.name)
        case .percentage: return percentage(node, spec.name)
        case .choice(let words, let verdict, let advice):
            let text = text(node, spec.name)
            // What is no text at all has been reported.
            if let word = text.value.string ?? (node.value.isNull ? "" : nil), !word.holdsTemplate,
                !words.contains(word)
            {
                meet(
                    "\(spec.name) '\(word)' is not \(verdict)", at: node.mark, advice, as: .keyword,
                    of: "\(spec.name): \(word)", met: .call, isUnsupported: verdict == "supported")
            }
            return text
        default: return text(node, spec.name)
        }
    }

    /// Texts with commas, or a list; a template among them may have commas of its own.
    private mutating func tags(_ node: Node) -> [String] {
        (node.items ?? [node]).flatMap { item -> [String] in
            guard let text = item.value.string, text.holdsTemplate else { return names(item, "tags") }
            checkTemplates(item)
            var tags: [String] = []
            var begun = ""
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                begun += begun.isEmpty ? String(part) : "," + String(part)
                guard begun.ranges(of: "{{").count <= begun.ranges(of: "}}").count else { continue }
                tags.append(begun.trimmingBlanks)
                begun = ""
            }
            if !begun.isEmpty { tags.append(begun.trimmingBlanks) }
            return tags.filter { !$0.isEmpty }
        }
    }

    mutating func text(_ node: Node, _ key: String) -> Located<Value> {
        Located(name(node, key).map { .string($0, node.value.provenance) } ?? .null, at: node.mark)
    }
}
