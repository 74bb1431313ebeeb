import Templating

/// A package as pip is given it: `torch`, `torch==2.7.*`, `uvicorn[standard]>=0.30,<1`, an address or a file.
struct PythonRequirement: Sendable, Hashable {
    let text: String
    /// Normalized; nil for what is not known by a name alone: addresses, files.
    let name: String?
    private var conditions: [Condition] = []
    /// Extras and conditions on the host are pip's to judge.
    private var isPips = false

    fileprivate struct Condition: Sendable, Hashable {
        var comparison: String, version: String
    }

    var hasVersion: Bool { !conditions.isEmpty }

    init(_ text: String) {
        self.text = text
        var rest = text[...]
        func skipBlanks() { rest = rest.drop { $0.isWhitespace } }
        skipBlanks()
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        rest = rest.dropFirst(name.count)
        skipBlanks()
        if rest.first == "[" {
            isPips = true
            rest = rest.drop { $0 != "]" }.dropFirst()
            skipBlanks()
        }
        if let marker = rest.firstIndex(of: ";") {
            isPips = true
            rest = rest[..<marker]
        }
        let isFile = name.hasSuffix(".whl") || name.hasSuffix(".gz") || name.hasSuffix(".zip") || name.hasPrefix(".")
        guard !name.isEmpty, !isFile, rest.first.map({ "(<>=!~".contains($0) }) ?? true else {
            self.name = nil
            return
        }
        self.name = Self.normalized(name)
        for part in rest.filter({ !"() ".contains($0) }).split(separator: ",") {
            let comparison = part.prefix { "<>=!~".contains($0) }
            conditions.append(
                Condition(comparison: String(comparison), version: String(part.dropFirst(comparison.count))))
        }
    }

    /// Items that a text with commas was parted into belong together where one begins with a comparison.
    static func list(_ items: [String]) -> [PythonRequirement] {
        var joined: [String] = []
        for item in items.map(\.trimmingBlanks) where !item.isEmpty {
            if let first = item.first, "<>=!~".contains(first), !joined.isEmpty {
                joined[joined.count - 1] += "," + item
            } else {
                joined.append(item)
            }
        }
        return joined.map(PythonRequirement.init)
    }

    /// Names are the same whatever their case and whichever of `-`, `_` and `.` part their words.
    static func normalized(_ name: some StringProtocol) -> String {
        name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
    }

    /// Whether it is certain that pip would find nothing to do.
    func isMet(by installed: [String: String]) -> Bool {
        guard !isPips, let name, let version = installed[name] else { return false }
        return conditions.allSatisfy { $0.holds(for: version) ?? false }
    }
}

extension PythonRequirement.Condition {
    /// As PEP 440 has it; nil where it is left to pip.
    func holds(for installed: String) -> Bool? {
        if comparison == "===" { return installed == version }
        // A build's own mark (2.7.1+cu128) counts only where it is asked for.
        let bare = version.contains("+") ? installed : String(installed.prefix { $0 != "+" })
        if comparison == "==" || comparison == "!=", version.hasSuffix(".*") {
            let begin = version.dropLast(2).split(separator: ".")
            let numbers = bare.split(separator: ".")
            guard begin.allSatisfy({ Int($0) != nil }), numbers.prefix(begin.count).allSatisfy({ Int($0) != nil }),
                numbers.count >= begin.count
            else { return nil }
            return zip(begin, numbers).allSatisfy { Int($0) == Int($1) } == (comparison == "==")
        }
        guard let left = try? PythonVersion(bare), let right = try? PythonVersion(version) else { return nil }
        let order = left.order(right)
        switch comparison {
        case "==": return order == 0
        case "!=": return order != 0
        case ">=": return order >= 0
        case "<=": return order <= 0
        // Versions before and after a release have rules of their own there.
        case ">": return bare.contains(where: \.isLetter) ? nil : order > 0
        case "<": return bare.contains(where: \.isLetter) ? nil : order < 0
        case "~=":
            let series = version.split(separator: ".").dropLast()
            guard !series.isEmpty, series.allSatisfy({ Int($0) != nil }),
                let same = Self(comparison: "==", version: series.joined(separator: ".") + ".*").holds(for: bare)
            else { return nil }
            return order >= 0 && same
        default: return nil
        }
    }
}
