/// A node of a YAML document, with the place where it begins.
///
/// Anchors are already followed and merge keys (`<<`) applied; `value` is what the node means by YAML 1.1's rules as
/// PyYAML reads them.
package struct Node: Sendable {
    package enum Content: Sendable {
        case scalar
        case sequence([Node])
        /// In the order of the text; a key that stands twice is here once, with the last value (a warning reported it).
        case mapping([Entry])
    }
    package struct Entry: Sendable {
        package let key: Node
        package let value: Node
        package init(key: Node, value: Node) {
            self.key = key
            self.value = value
        }
    }

    package let mark: SourceMark
    package let content: Content
    /// The node's value, with its type.
    package let value: Value
    /// An explicit tag, such as `!unsafe` or `!vault`.
    package let tag: String?

    package init(mark: SourceMark, content: Content, value: Value, tag: String? = nil) {
        self.mark = mark
        self.content = content
        self.value = value
        self.tag = tag
    }

    package var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }
    package var items: [Node]? { if case .sequence(let items) = content { items } else { nil } }
    package subscript(key: String) -> Node? { entries?.last { $0.key.value == .string(key) }?.value }
}
