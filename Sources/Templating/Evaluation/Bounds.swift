/// The limits of a template, so that a mistake in it fails its task instead of ending the program or keeping it busy
/// forever.
/// docs/templates.md lists these numbers for authors of playbooks.
enum Bounds {
    /// Steps of one rendering: an expression's parts, the rounds of loops, the items that are looked at. Some ten
    /// seconds of work.
    static let steps = 50_000_000
    /// Bytes of a text.
    static let text = 64 << 20
    /// Items of a list, and of a range.
    static let items = 10_000_000
    /// What `*`, a width or a precision may ask for.
    static let repetition = 16_000_000
    /// Rows of what combines lists: products, permutations.
    static let rows = 1_000_000
    /// Bits of an integer.
    static let integerBits = 100_000
    /// Digits of an integer that becomes a text, as in Python.
    static let digits = 4300
    /// Levels of lists and dictionaries in a result.
    static let nesting = 256
    /// Parts of an expression that stand within each other.
    static let expressionHeight = 400
    /// Bytes of the thread's stack. No thread of the program's has less than twice as many; a build for debugging takes
    /// about four times as many for the same.
    #if DEBUG
    static let stack = 6 << 20
    #else
    static let stack = 1 << 20
    #endif
    /// Seconds that a regular expression may look for all its matches in one text.
    static let matching = 10.0
    /// Rounds of a password's hash: some seconds of work.
    static let hashRounds = 10_000_000, blowfishRounds = 17
}

extension TemplateError {
    static func tooLarge(_ what: String, _ limit: String) -> TemplateError {
        .other("\(what) would be too large (more than \(limit)); a template is not the place for it")
    }
    static var tooDeep: TemplateError {
        TemplateError(.recursion, "the value has more than \(Bounds.nesting) levels", line: 0, column: 0)
    }
    static var tooLargeText: TemplateError { tooLarge("the text", "\(Bounds.text >> 20) MiB") }
}

/// What one rendering has taken so far.
struct Expenditure {
    private var steps = 0
    /// At most.
    var limit = Bounds.steps
    /// Where the stack may reach down to.
    private let stackEnd: UInt

    init() { stackEnd = Expenditure.stackPointer &- UInt(Bounds.stack) }

    /// About where the stack ends just now.
    private static var stackPointer: UInt {
        var mark: UInt8 = 0
        // The address only: nothing is read there.
        return withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) }
    }

    mutating func add(_ count: Int) throws(TemplateError) {
        let before = steps
        steps += count
        guard steps <= limit else {
            throw TemplateError(
                .other,
                "the template takes too long (more than \(Bounds.steps / 1_000_000) million steps); iterate over less, or do the work in a command on the host",
                line: 0, column: 0)
        }
        guard Expenditure.stackPointer > stackEnd else {
            throw TemplateError(
                .recursion, "the template or a value in it is nested too deeply, or leads back to itself", line: 0,
                column: 0)
        }
        if (before ^ steps) >> 12 != 0, Task.isCancelled {
            throw TemplateError(.other, "the template was stopped with its task", line: 0, column: 0)
        }
    }
}

extension RenderContext {
    /// Goes on by so many steps.
    func step(_ count: Int = 1) throws(TemplateError) { try expenditure.add(count) }

    /// For what an operation took or made.
    func pay(for value: Object) throws(TemplateError) {
        switch value {
        case .string(let text, _):
            let size = text.utf8.count
            guard size <= Bounds.text else { throw .tooLargeText }
            try step(size >> 6)
        case .list(let list):
            guard list.count <= Bounds.items else { throw .tooLarge("the list", "\(Bounds.items) items") }
            try step(list.count >> 2)
        case .bytes(let bytes): try step(bytes.count >> 6)
        default: break
        }
    }
}

/// A text that grows, up to what a text may have.
struct BoundedText {
    private(set) var text = ""
    mutating func append(_ part: String) throws(TemplateError) {
        text += part
        guard text.utf8.count <= Bounds.text else { throw .tooLargeText }
    }
    static func repeating(_ part: String, _ count: Int) throws(TemplateError) -> String {
        let count = max(0, count)
        let (size, overflow) = count.multipliedReportingOverflow(by: max(1, part.utf8.count))
        guard !overflow, size <= Bounds.repetition else { throw .other("the repeated value would be too large") }
        return String(repeating: part, count: count)
    }
    /// As `joined`.
    static func joining(_ parts: [String], _ separator: String) throws(TemplateError) -> String {
        let (separators, overflow) = separator.utf8.count.multipliedReportingOverflow(by: parts.count)
        guard !overflow, separators <= Bounds.text, parts.reduce(separators, { $0 + $1.utf8.count }) <= Bounds.text
        else { throw .tooLargeText }
        return parts.joined(separator: separator)
    }
}
