import Redaction

/// Text in terminal columns.
extension RedactedText {
    /// How many columns it takes when it begins at a line's start.
    package var columns: Int { description.reduce(0) { $0 + $1.columns(after: $0) } }

    /// Cut to so many columns, with `…` where something is missing; tabs become spaces.
    func clipped(to width: Int) -> RedactedText {
        guard width > 0 else { return "" }
        var clipped: RedactedText = ""
        var start = description.startIndex
        var column = 0
        // Where the text ends if an ellipsis has to follow it.
        var cut = start
        for index in description.indices {
            let character = description[index]
            let columns = character.columns(after: column)
            if column < width { cut = index }
            if column + columns > width { return clipped + self[start..<max(start, cut)] + "…" }
            if character == "\t" {
                // A tab that ends beyond the room for the ellipsis is a space less wide.
                clipped += self[start..<index] + .repeating(" ", count: min(columns, width - 1 - column))
                start = description.index(after: index)
            }
            column += columns
        }
        return clipped + self[start...]
    }

    func padded(to width: Int) -> RedactedText { self + .repeating(" ", count: max(0, width - columns)) }
    func rightAligned(to width: Int) -> RedactedText { .repeating(" ", count: max(0, width - columns)) + self }
}

extension Character {
    /// The columns of a terminal that it fills when it begins at `column`: by its first scalar, as terminals reckon.
    func columns(after column: Int) -> Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x09: return 8 - column % 8
        case 0x20..<0x7f: return 1
        case 0..<0x20: return 0
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd:
            return 2
        default:
            if scalar.properties.isEmojiPresentation || unicodeScalars.dropFirst().first == "\u{fe0f}" { return 2 }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return 0
            default: return 1
            }
        }
    }
}

enum Style: Sendable {
    case plain, bold, dim, red, green, yellow, cyan, magenta

    fileprivate var sequence: RedactedText {
        switch self {
        case .plain: ""
        case .bold: "\u{1b}[1m"
        case .dim: "\u{1b}[2m"
        case .red: "\u{1b}[31m"
        case .green: "\u{1b}[32m"
        case .yellow: "\u{1b}[33m"
        case .cyan: "\u{1b}[36m"
        case .magenta: "\u{1b}[35m"
        }
    }
}

/// One line for a terminal: pieces of text, each in one style.
struct Line: Sendable, Hashable, ExpressibleByStringLiteral {
    struct Piece: Sendable, Hashable { var text: RedactedText, style: Style }
    var pieces: [Piece]

    init(_ text: RedactedText, _ style: Style = .plain) { pieces = [Piece(text: text, style: style)] }
    init(stringLiteral text: StaticString) { self.init(RedactedText(stringLiteral: text)) }

    static func + (left: Line, right: Line) -> Line {
        var line = left
        line.pieces += right.pieces
        return line
    }
    static func += (left: inout Line, right: Line) { left = left + right }

    var columns: Int { pieces.reduce(0) { $0 + $1.text.columns } }
    /// Without styles.
    var text: RedactedText { pieces.map(\.text).joined() }

    func clipped(to width: Int) -> Line {
        var line: Line = ""
        var room = width
        for piece in pieces where room > 0 {
            let text = piece.text.clipped(to: room)
            line.pieces.append(Piece(text: text, style: piece.style))
            room -= text.columns
        }
        return line
    }

    func rendered(colours: Bool) -> RedactedText {
        guard colours else { return text }
        return pieces.map {
            $0.style == .plain || $0.text.isEmpty ? $0.text : $0.style.sequence + $0.text + "\u{1b}[0m"
        }.joined()
    }
}
