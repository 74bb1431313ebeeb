/// A node as it is written: anchors followed, tags kept, merge keys not yet applied.
///
/// A class, since an alias is the very node that it names: a merge key applied to one is applied to both, and it is
/// given its value once.
final class WrittenNode {
    enum Content {
        case scalar(text: String, plain: Bool)
        case sequence([WrittenNode])
        case mapping([(key: WrittenNode, value: WrittenNode)])
    }
    let mark: SourceMark
    var tag: String?
    var content: Content
    /// Nodes that it stands for, itself and aliases included.
    var weight = 1
    /// Set when its merge keys have been applied.
    var isFlat = false
    /// Its value, once it is known.
    var node: Node?

    init(mark: SourceMark, tag: String?, content: Content) {
        self.mark = mark
        self.tag = tag
        self.content = content
    }

    var kindName: String {
        switch content {
        case .scalar: "a plain value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// Builds the tree of a document from its events, within `Bounds`.
struct Composer {
    private let events: [LibYAML.Event]
    private let file: String
    private var index = 0
    private var depth = 0
    private var aliasedNodes = 0
    /// Nil for an anchor whose node is not complete yet.
    private var anchors: [String: WrittenNode?] = [:]

    init(_ events: [LibYAML.Event], file: String) {
        self.events = events
        self.file = file
    }

    /// The document's root; nil when there is none, or when the events end early because the text is not YAML.
    mutating func document() throws(Diagnostic) -> WrittenNode? {
        guard case .documentStart? = next?.kind else { return nil }
        index += 1
        guard let root = try node() else { return nil }
        index += 1  // the document's end
        if let second = next {
            throw Diagnostic(
                "a second document begins here", at: mark(second),
                remedy: "a file holds one document: remove the '---', or make it a file of its own")
        }
        return root
    }

    /// The roots of all documents, up to the events' end.
    mutating func documents() throws(Diagnostic) -> [WrittenNode] {
        var roots: [WrittenNode] = []
        while case .documentStart? = next?.kind {
            index += 1
            anchors = [:]
            guard let root = try node() else { break }
            roots.append(root)
            index += 1  // the document's end
        }
        return roots
    }

    private var next: LibYAML.Event? { index < events.count ? events[index] : nil }

    private func mark(_ event: LibYAML.Event) -> SourceMark {
        SourceMark(file: file, line: event.place.line + 1, column: event.place.column + 1)
    }

    /// Nil when the events end first.
    private mutating func node() throws(Diagnostic) -> WrittenNode? {
        guard let event = next else { return nil }
        index += 1
        if case .alias = event.kind { return try aliased(event) }
        if let anchor = event.anchor {
            guard anchors[anchor] == nil else {
                throw Diagnostic(
                    "the anchor '&\(anchor)' is set twice", at: mark(event), remedy: "give one of them another name")
            }
            anchors[anchor] = .some(nil)
        }
        guard depth < Bounds.nesting else {
            throw Diagnostic("nested deeper than \(Bounds.nesting) levels", at: mark(event))
        }
        depth += 1
        defer { depth -= 1 }
        let node: WrittenNode
        switch event.kind {
        case .scalar(let text, let plain):
            node = WrittenNode(mark: mark(event), tag: event.tag, content: .scalar(text: text, plain: plain))
        case .sequenceStart:
            var items: [WrittenNode] = []
            var weight = 1
            while let end = next {
                if case .sequenceEnd = end.kind { break }
                guard let item = try self.node() else { return nil }
                weight += item.weight
                items.append(item)
            }
            node = WrittenNode(mark: mark(event), tag: event.tag, content: .sequence(items))
            node.weight = weight
            index += 1
        case .mappingStart:
            var pairs: [(key: WrittenNode, value: WrittenNode)] = []
            var weight = 1
            while let end = next {
                if case .mappingEnd = end.kind { break }
                guard let key = try self.node(), let value = try self.node() else { return nil }
                weight += key.weight + value.weight
                pairs.append((key, value))
            }
            node = WrittenNode(mark: mark(event), tag: event.tag, content: .mapping(pairs))
            node.weight = weight
            index += 1
        case .documentStart, .documentEnd, .sequenceEnd, .mappingEnd, .alias:
            return nil
        }
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func aliased(_ event: LibYAML.Event) throws(Diagnostic) -> WrittenNode {
        let name = event.anchor ?? ""
        guard let known = anchors[name] else {
            throw Diagnostic(
                "the alias '*\(name)' has no anchor '&\(name)' before it", at: mark(event),
                remedy: "quote the text if it is no alias")
        }
        guard let node = known else {
            throw Diagnostic("the alias '*\(name)' stands inside of what it names", at: mark(event))
        }
        aliasedNodes += node.weight
        guard aliasedNodes <= Bounds.aliasedNodes else {
            throw Diagnostic("aliases make this text more than \(Bounds.aliasedNodes) nodes large", at: mark(event))
        }
        return node
    }
}
