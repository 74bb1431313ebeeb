/// A place in a text that a person wrote: file, line and column, both counted from 1.
package struct SourceMark: Sendable, Hashable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `playbooks/gpu.yml:12:7`
    package var description: String { "\(file):\(line):\(column)" }
}
