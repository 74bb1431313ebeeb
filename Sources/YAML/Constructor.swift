import OrderedCollections

/// Gives the written nodes their values: YAML 1.1's types, merge keys, and mappings whose last key counts.
struct Constructor {
    /// nil where all that is read is data.
    let source: Provenance.Source?
    /// So many `!unsafe` around.
    private var unsafeDepth = 0
    private var isKey = false
    private(set) var warnings: [Diagnostic] = []
    private(set) var errors: [Diagnostic] = []
    private var mergedPairs = 0

    init(source: Provenance.Source?) { self.source = source }

    /// The node with its value; where there is an error, null takes its place and the reading goes on.
    mutating func node(_ written: WrittenNode) -> Node {
        if let node = written.node { return node }
        // `!unsafe` says that what stands there is no template, whatever it holds.
        if written.tag == "!unsafe" { unsafeDepth += 1 }
        defer { if written.tag == "!unsafe" { unsafeDepth -= 1 } }
        let node = made(written)
        written.node = node
        return node
    }

    private mutating func made(_ written: WrittenNode) -> Node {
        let tag = effectiveTag(of: written)
        func node(_ content: Node.Content, _ value: Value) -> Node {
            Node(mark: written.mark, content: content, value: value, tag: written.tag == "!" ? nil : written.tag)
        }
        func failed(_ problem: String, remedy: String? = nil) -> Node {
            errors.append(Diagnostic(problem, at: written.mark, remedy: remedy))
            return node(.scalar, .null)
        }
        guard let tag else {
            guard let name = written.tag else {
                return failed(
                    "'<<' and '=' are keys in YAML 1.1, and no values", remedy: "quote it if it is meant as text")
            }
            return failed("unknown tag '\(shown(name))'", remedy: "quote the text if it is meant to begin with '!'")
        }
        switch tag {
        case "seq":
            guard case .sequence(let items) = written.content else {
                return failed("the tag '!!seq' needs a list, and this is \(written.kindName)")
            }
            let nodes = items.map { self.node($0) }
            return node(.sequence(nodes), .list(nodes.map(\.value)))
        case "map":
            guard case .mapping = written.content else {
                return failed("the tag '!!map' needs a mapping, and this is \(written.kindName)")
            }
            let (entries, map) = mapping(written)
            return node(.mapping(entries), .dict(map))
        case "set":
            guard case .mapping = written.content else {
                return failed("the tag '!!set' needs a mapping, and this is \(written.kindName)")
            }
            let (entries, map) = mapping(written)
            return node(.mapping(entries), .set(Array(map.pairs.keys)))
        case "omap", "pairs":
            guard let pairs = pairs(written) else {
                return failed("the tag '!!\(tag)' needs a list of mappings of one key each")
            }
            return node(.sequence(pairs), .list(pairs.map(\.value)))
        case "vault":
            guard let source else {
                return failed(
                    "a value that ansible-vault has encrypted can't be read here",
                    remedy: "playbooks, inventories and files of variables may hold such values")
            }
            guard case .scalar(let text, _) = written.content else {
                return failed("the tag '!vault' needs a text, and this is \(written.kindName)")
            }
            let place = source.plain.at(line: written.mark.line, column: written.mark.column)
            return node(.scalar, .string(text, place.encrypted))
        default: break
        }
        guard let text = text(of: written) else {
            return failed("the tag '!!\(tag)' needs a plain value, and this is \(written.kindName)")
        }
        do throws(ScalarValue.Refusal) {
            let value: Value =
                switch tag {
                case "null": .null
                case "bool": try ScalarValue.bool(text)
                case "int": try ScalarValue.int(text)
                case "float": try ScalarValue.float(text)
                case "timestamp": try ScalarValue.timestamp(text)
                case "binary": try ScalarValue.binary(text)
                default: .string(text)
                }
            let source = isKey ? source?.plain : source
            let provenance = source?.at(line: written.mark.line, column: written.mark.column) ?? .data
            return node(.scalar, value.withOwn(unsafeDepth > 0 ? provenance.untrusted : provenance))
        } catch {
            return failed(error.problem, remedy: written.tag == nil ? "quote it if it is meant as text" : nil)
        }
    }

    /// The type's short name; nil for a tag that nobody knows.
    private func effectiveTag(of written: WrittenNode) -> String? {
        var tag = written.tag
        if tag == "!" { tag = nil }
        // `!unsafe` says that a text is no template; what type it has is decided by the text, with quotes or without.
        let plainAnyway = tag == "!unsafe"
        if plainAnyway { tag = nil }
        if let tag {
            if tag == "!vault" || tag == "!vault-encrypted" { return "vault" }
            guard tag.hasPrefix(Self.standardPrefix) else { return nil }
            let short = String(tag.dropFirst(Self.standardPrefix.count))
            return Self.knownTags.contains(short) ? short : nil
        }
        switch written.content {
        case .sequence: return "seq"
        case .mapping: return "map"
        case .scalar(let text, let plain):
            let type = plain || plainAnyway ? ScalarType(ofPlain: text) : .str
            // `<<` and `=` mean something as keys only.
            return type == .merge || type == .value ? nil : type.rawValue
        }
    }

    private static let standardPrefix = "tag:yaml.org,2002:"
    private static let knownTags: Set<String> = [
        "null", "bool", "int", "float", "timestamp", "binary", "str", "seq", "map", "set", "omap", "pairs",
    ]

    private func shown(_ tag: String) -> String {
        tag.hasPrefix(Self.standardPrefix) ? "!!" + tag.dropFirst(Self.standardPrefix.count) : tag
    }

    private func isPlain(_ written: WrittenNode, _ type: ScalarType) -> Bool {
        if written.tag == Self.standardPrefix + type.rawValue { return true }
        guard written.tag == nil || written.tag == "!", case .scalar(let text, true) = written.content else {
            return false
        }
        return ScalarType(ofPlain: text) == type
    }

    /// A scalar's text; a mapping's is that of its key `=`.
    private func text(of written: WrittenNode) -> String? {
        switch written.content {
        case .scalar(let text, _): text
        case .sequence: nil
        case .mapping(let pairs): pairs.first { isPlain($0.key, .value) }.flatMap { text(of: $0.value) }
        }
    }

    // MARK: Mappings

    private mutating func mapping(_ written: WrittenNode) -> ([Node.Entry], ValueMap) {
        flatten(written)
        guard case .mapping(let pairs) = written.content else { return ([], [:]) }
        var entries: [Node.Entry] = []
        var places: [Value: Int] = [:]
        entries.reserveCapacity(pairs.count)
        places.reserveCapacity(pairs.count)
        for pair in pairs {
            isKey = true
            let key = node(pair.key)
            isKey = false
            guard key.value.isHashable else {
                errors.append(unhashableKey(pair.key))
                continue
            }
            let entry = Node.Entry(key: key, value: node(pair.value))
            if let place = places[key.value.asDictKey] {
                warnings.append(
                    Diagnostic(
                        "found duplicate mapping key \(key.value.pythonRepr)", at: key.mark,
                        remedy: "the last one counts"))
                entries[place] = Node.Entry(key: entries[place].key, value: entry.value)
            } else {
                places[key.value.asDictKey] = entries.count
                entries.append(entry)
            }
        }
        var map = OrderedDictionary<Value, Value>(minimumCapacity: entries.count)
        for entry in entries { map[entry.key.value] = entry.value.value }
        return (entries, ValueMap(map))
    }

    private func unhashableKey(_ key: WrittenNode) -> Diagnostic {
        // `{{ x }}` without quotes is a mapping whose key is a mapping.
        if case .mapping = key.content {
            return Diagnostic(
                "a mapping cannot be a key", at: key.mark,
                remedy: "if this is a template, quote the whole value: \"{{ … }}\"")
        }
        return Diagnostic("\(key.kindName) cannot be a key", at: key.mark)
    }

    /// Puts what the merge keys (`<<`) bring before the mapping's own pairs, which win over it.
    private mutating func flatten(_ written: WrittenNode) {
        guard !written.isFlat, case .mapping(let pairs) = written.content else { return }
        written.isFlat = true
        var merged: [(key: WrittenNode, value: WrittenNode)] = []
        var own: [(key: WrittenNode, value: WrittenNode)] = []
        for pair in pairs {
            if isPlain(pair.key, .merge) {
                merged += mergedPairs(from: pair.value)
            } else {
                if isPlain(pair.key, .value) { pair.key.tag = Self.standardPrefix + "str" }
                own.append(pair)
            }
        }
        written.content = .mapping(merged + own)
    }

    private mutating func mergedPairs(from source: WrittenNode) -> [(key: WrittenNode, value: WrittenNode)] {
        let sources: [WrittenNode]
        switch source.content {
        case .mapping: sources = [source]
        case .sequence(let items): sources = items.reversed()
        case .scalar:
            sources = []
            errors.append(
                Diagnostic(
                    "'<<' needs a mapping or a list of mappings, and this is \(source.kindName)", at: source.mark))
        }
        var merged: [(key: WrittenNode, value: WrittenNode)] = []
        for source in sources {
            flatten(source)
            guard case .mapping(let pairs) = source.content else {
                errors.append(Diagnostic("'<<' needs mappings, and this is \(source.kindName)", at: source.mark))
                continue
            }
            mergedPairs += pairs.count
            guard mergedPairs <= Bounds.aliasedNodes else {
                errors.append(
                    Diagnostic(
                        "merge keys make this text more than \(Bounds.aliasedNodes) nodes large", at: source.mark))
                return []
            }
            merged += pairs
        }
        return merged
    }

    /// `!!omap` and `!!pairs`: a list of two-item lists.
    private mutating func pairs(_ written: WrittenNode) -> [Node]? {
        guard case .sequence(let items) = written.content else { return nil }
        var nodes: [Node] = []
        for item in items {
            guard case .mapping(let pairs) = item.content, pairs.count == 1, let pair = pairs.first else { return nil }
            let both = [node(pair.key), node(pair.value)]
            nodes.append(Node(mark: item.mark, content: .sequence(both), value: .list(both.map(\.value))))
        }
        return nodes
    }
}
