/// Shortens shell scripts that are written for it: whole lines of comment, indentation and empty lines go, and names
/// that begin with one underscore get short ones, the same in all scripts.
///
/// It knows nothing of quotes. So a script must not have a line within quotes or a here-document that begins with spaces
/// or `#`, or is empty, where that matters; and a text that is not code must not have a word that begins with `_`.
struct ShellShortener {
    /// By the name in the scripts.
    private(set) var names: [String: String]

    /// - Parameters:
    ///   - scripts: all that use each other's names.
    ///   - fixed: short names that are given.
    init(_ scripts: [[UInt8]], keeping fixed: [String: String] = [:]) {
        var uses: [String: Int] = [:]
        for script in scripts {
            for case .name(let name) in Self.pieces(Self.withoutComments(script)) { uses[name, default: 0] += 1 }
        }
        names = fixed
        let taken = Set(fixed.values)
        var free = Self.shortNames.lazy.filter { !taken.contains($0) }.makeIterator()
        // The most frequent get the shortest; which ones is the same in each build.
        let others = uses.filter { fixed[$0.key] == nil }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (name, _) in others { names[name] = free.next() ?? name }
    }

    func shorten(_ script: [UInt8]) -> String {
        Self.pieces(Self.withoutComments(script)).map { piece in
            switch piece {
            case .name(let name): names[name] ?? name
            case .other(let text): text
            }
        }.joined()
    }

    /// `_a` to `_Z`, `_0` to `_9`, and all of two characters.
    private static let shortNames: [String] = {
        let characters = (Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")).map(String.init)
        return characters.map { "_" + $0 } + characters.flatMap { first in characters.map { "_" + first + $0 } }
    }()

    private static func withoutComments(_ script: [UInt8]) -> String {
        script.split(separator: UInt8(ascii: "\n")).map { line in line.drop { $0 == UInt8(ascii: " ") } }.filter {
            !$0.isEmpty && $0.first != UInt8(ascii: "#")
        }.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
    }

    private enum Piece {
        case name(String)
        case other(String)
    }

    /// The names of a text, and what stands between them.
    private static func pieces(_ text: String) -> [Piece] {
        func isWordByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let between = rest.prefix { !isWordByte($0) }
            rest = rest[between.endIndex...]
            let word = rest.prefix(while: isWordByte)
            rest = rest[word.endIndex...]
            pieces.append(.other(String(decoding: between, as: UTF8.self)))
            let isName =
                word.count > 1 && word.first == UInt8(ascii: "_") && word.dropFirst().first != UInt8(ascii: "_")
            let text = String(decoding: word, as: UTF8.self)
            pieces.append(isName ? .name(text) : .other(text))
        }
        return pieces
    }
}
