/// One text to look for, and what is shown in its place.
struct Pattern: Sendable {
    /// How a text is read that this is looked for in.
    enum View: Sendable {
        /// Without escapes and case: most patterns.
        case canonical
        /// As it is: a secret whose own characters could be read as an escape together with what comes after it.
        case plain
        /// As it is, and only where no letter or digit touches it.
        case alone
    }

    let bytes: WipedBytes
    let mark: String
    let view: View
    /// Continues where another ended; one mark is enough for both.
    let continues: Bool
    /// The first four bytes, most significant first, so that numbers sort as texts do; zeroes where there are fewer.
    let gram: UInt32

    init(_ bytes: WipedBytes, mark: String, view: View, continues: Bool = false) {
        self.bytes = bytes
        self.mark = mark
        self.view = view
        self.continues = continues
        gram = (0..<4).reduce(0) { $0 << 8 | ($1 < bytes.count ? UInt32(bytes[$1]) : 0) }
    }

    static func precedes(_ left: Pattern, _ right: Pattern) -> Bool {
        if left.gram != right.gram { return left.gram < right.gram }
        return left.bytes.withBytes { left in right.bytes.withBytes { left.lexicographicallyPrecedes($0) } }
    }
}
