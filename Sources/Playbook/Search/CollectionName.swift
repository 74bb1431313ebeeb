/// The full name of what lies in a collection: `namespace.collection.name`, where `name` may have parts of its own.
struct CollectionName: Sendable, Hashable {
    static let folder = "ansible_collections"

    /// `namespace.collection`
    let collection: String
    /// In the folder of its kind: `sub.name` is `sub/name`.
    let path: String
    /// The last part.
    let name: String

    /// nil for a name that is none of a collection's.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2, parts.allSatisfy({ PlaybookReader.isIdentifier(String($0)) }) else { return nil }
        collection = "\(parts[0]).\(parts[1])"
        path = parts.dropFirst(2).joined(separator: "/")
        name = String(parts[parts.count - 1])
    }

    /// The folder of a collection below one that collections are looked for in.
    static func folder(of collection: String, in root: String) -> String? {
        let parts = collection.split(separator: ".")
        guard parts.count == 2, parts.allSatisfy({ PlaybookReader.isIdentifier(String($0)) }) else { return nil }
        return "\(root)/\(folder)/\(parts[0])/\(parts[1])"
    }
}
