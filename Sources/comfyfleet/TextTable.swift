import Redaction

/// Columns as wide as their widest cell, with a line of headings.
struct TextTable {
    private var rows: [[String]]
    init(_ headings: [String]) { rows = [headings] }
    mutating func add(_ cells: [String]) { rows.append(cells) }

    func text(_ secrets: SecretSet) -> RedactedText {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
        return RedactedText(lines.joined(separator: "\n"), secrets: secrets)
    }
}
