/// A place in a text that a person wrote: file, line and column, both counted from 1.
public struct SourceMark: Sendable, Hashable, CustomStringConvertible {
    public let file: String
    public let line: Int
    public let column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `playbooks/gpu.yml:12:7`
    public var description: String { "\(file):\(line):\(column)" }
}
