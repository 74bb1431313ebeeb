/// What a text may cost to read. The numbers are chosen: far above what people write, far below what harms.
enum Bounds {
    /// Levels of nesting, in YAML and in JSON. Reading and using a value recurse this deep.
    static let nesting = 256
    /// Nodes that aliases and merge keys may add to those written out, so that a short text cannot stand for a huge
    /// value.
    static let aliasedNodes = 1_000_000
    /// Digits of a number; Python refuses more, too.
    static let digits = 4300
}
