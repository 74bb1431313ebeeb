/// A node of a YAML document, with the place where it begins.
///
/// Anchors are already followed and merge keys (`<<`) applied; `value` is what the node means by YAML 1.1's rules as
/// PyYAML reads them.
public struct Node: Sendable {
    public enum Content: Sendable {
        case scalar
        case sequence([Node])
        /// In the order of the text; a key that stands twice is here once, with the last value (a warning reported it).
        case mapping([Entry])
    }
    public struct Entry: Sendable {
        public let key: Node
        public let value: Node
        public init(key: Node, value: Node) {
            self.key = key
            self.value = value
        }
    }

    public let mark: SourceMark
    public let content: Content
    /// The node's value, with its type.
    public let value: Value
    /// An explicit tag, such as `!unsafe` or `!vault`.
    public let tag: String?

    public init(mark: SourceMark, content: Content, value: Value, tag: String? = nil) {
        self.mark = mark
        self.content = content
        self.value = value
        self.tag = tag
    }

    public var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }
    public var items: [Node]? { if case .sequence(let items) = content { items } else { nil } }
    public subscript(key: String) -> Node? { entries?.last { $0.key.value == .string(key) }?.value }
}
