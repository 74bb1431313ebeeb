import Templating
import YAML

/// Single values of a playbook: their type is checked, and the syntax of the templates in them.
extension PlaybookReader {
    /// Any value; templates in it are checked.
    mutating func value(_ node: Node) -> Located<Value> {
        checkTemplates(node)
        return Located(node.value, at: node.mark)
    }

    /// A boolean, a word for one, or a template.
    mutating func flag(_ node: Node, _ key: String) -> Located<Value> {
        switch node.value {
        case .bool: break
        case .string(let text, _) where text.holdsTemplate: checkTemplates(node)
        case let other:
            if let flag = ArgumentBinder.bool(other) { return Located(.bool(flag), at: node.mark) }
            meet(
                "'\(key)' is yes or no, and this is \(other.kindInWords)", at: node.mark, as: .keyword, of: key,
                met: .call)
        }
        return Located(node.value, at: node.mark)
    }

    /// A boolean that is written out.
    mutating func writtenFlag(_ node: Node, _ key: String) -> Bool {
        let flag = flag(node, key)
        if case .bool(let flag, _) = flag.value { return flag }
        if flag.value.string?.holdsTemplate == true {
            report("'\(key)' can't be a template here", at: node.mark, "write yes or no")
        }
        return false
    }

    /// A number that is not negative, or a template.
    mutating func number(_ node: Node, _ key: String) -> Located<Value> {
        switch node.value {
        case .int(let number, _) where number >= 0: break
        case .double(let number, _) where number >= 0: break
        case .string(let text, _) where text.holdsTemplate: checkTemplates(node)
        case .string(let text, _):
            if let number = Int(text), number >= 0 { return Located(.int(number), at: node.mark) }
            meet("'\(key)' is a number, and this is '\(text)'", at: node.mark, as: .keyword, of: key, met: .call)
        default: meet("'\(key)' is a number that is not negative", at: node.mark, as: .keyword, of: key, met: .call)
        }
        return Located(node.value, at: node.mark)
    }

    /// A number with or without a sign `%` behind it, or a template.
    mutating func percentage(_ node: Node, _ key: String) -> Located<Value> {
        if let text = node.value.string, text.hasSuffix("%"), !text.holdsTemplate,
            let share = KeywordSpec.percentage(node.value), share >= 0
        {
            return Located(node.value, at: node.mark)
        }
        return number(node, key)
    }

    /// A count or a percentage, or a template.
    mutating func share(_ node: Node, _ key: String) -> Located<Value> {
        if let text = node.value.string, text.hasSuffix("%"), !text.holdsTemplate {
            if Int(text.dropLast()) == nil {
                report("'\(text)' is not a percentage", at: node.mark, "write a whole number before the %")
            }
            return Located(node.value, at: node.mark)
        }
        // Less than one host is all of them, as 0 is.
        if let count = node.value.int ?? node.value.string.flatMap({ Int($0) }), count < 0 {
            return Located(.int(0), at: node.mark)
        }
        return node.value.bool != nil ? Located(node.value, at: node.mark) : number(node, key)
    }

    /// A text that is written out.
    mutating func name(_ node: Node, _ key: String) -> String? {
        switch node.value {
        case .string(let text, _):
            checkTemplates(node)
            return text
        case .int, .double, .bool: return ArgumentBinder.text(node.value)
        case .null: return nil
        default:
            report("'\(key)' is a text, and this is \(node.value.kindInWords)", at: node.mark)
            return nil
        }
    }

    /// The name of a variable.
    mutating func identifier(_ node: Node, _ key: String) -> String? {
        guard let text = node.value.string, Self.isIdentifier(text) else {
            report(
                "'\(key)' is the name of a variable, and '\(ArgumentBinder.text(node.value))' is none", at: node.mark,
                "use letters, digits and _, not beginning with a digit")
            return nil
        }
        return text
    }

    /// The name of a variable, or a template that gives one.
    mutating func variable(_ node: Node, _ key: String) -> Located<Value>? {
        if node.value.string?.holdsTemplate == true { return value(node) }
        return identifier(node, key).map { Located(.string($0, node.value.provenance), at: node.mark) }
    }

    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "_" || (scalar.properties.isAlphabetic && scalar.isASCII)
        }
        return isLetter(first) && text.unicodeScalars.allSatisfy { isLetter($0) || ("0"..."9").contains($0) }
    }

    /// One condition or a list of them, all of which must hold.
    mutating func conditions(_ node: Node, _ key: String) -> [Located<Value>] {
        (node.items ?? [node]).compactMap { item in
            switch item.value {
            case .string(let text, _):
                // Ansible lets braces pass in a condition; the expression between them is what counts.
                do throws(TemplateError) { try Templar.checkCondition(text) } catch {
                    meet(error, in: "'\(key)'", item)
                }
            case .bool, .null: break
            default:
                meet(
                    "'\(key)' is a condition, and this is \(item.value.kindInWords)", at: item.mark, as: .keyword,
                    of: key)
            }
            return Located(item.value, at: item.mark)
        }
    }

    /// A text with commas, or a list.
    mutating func names(_ node: Node, _ key: String) -> [String] {
        (node.items ?? [node]).flatMap { item -> [String] in
            switch item.value {
            case .string(let text, _):
                return text.split(separator: ",").map { $0.trimmingBlanks }.filter { !$0.isEmpty }
            case .int, .bool, .double: return [ArgumentBinder.text(item.value)]
            case .null: return []
            default:
                report("'\(key)' is a name or a list of names, and this is \(item.value.kindInWords)", at: item.mark)
                return []
            }
        }
    }

    /// `vars:` — a mapping with names that templates can use.
    mutating func variables(_ node: Node) -> ValueMap {
        guard !node.value.isNull else { return [:] }
        guard let entries = node.entries else {
            report("'vars' is a mapping of names to values, and this is \(node.value.kindInWords)", at: node.mark)
            return [:]
        }
        let (variables, problems) = carryingVariables { reader in
            var variables = ValueMap()
            for entry in entries {
                guard let name = reader.identifier(entry.key, "vars") else { continue }
                variables[name] = reader.value(entry.value).value
            }
            return variables
        }
        carried?.append(contentsOf: problems)
        return CredentialVariables.known(in: variables)
    }

    /// Checks every text below a node, keys too.
    mutating func checkTemplates(_ node: Node) {
        switch node.content {
        case .sequence(let items): for item in items { checkTemplates(item) }
        case .mapping(let entries):
            for entry in entries {
                checkTemplates(entry.key)
                checkTemplates(entry.value)
            }
        case .scalar:
            guard Templar.holdsTemplate(node.value), let text = node.value.string else { return }
            do throws(TemplateError) { try Templar.check(text) } catch { meet(error, in: nil, node) }
        }
    }

    /// A template in a text of the playbook that can't be rendered.
    private mutating func meet(_ error: TemplateError, in key: String?, _ node: Node) {
        let kind: TaskProblem.Kind =
            switch error.missing?.kind {
            case nil: .template
            case .filter: .filter
            case .test: .test
            case .lookup: .lookup
            }
        meet(
            "template error\(key.map { " in \($0)" } ?? ""): \(error.message)", at: place(of: error, in: node),
            as: kind,
            of: error.missing?.name ?? "", isUnsupported: error.missing?.isAnsibles ?? false)
    }

    /// Where in the file an error of a template stands; exact for texts on one line, the text's first line else.
    private func place(of error: TemplateError, in node: Node) -> SourceMark {
        guard error.line == 1 else {
            return SourceMark(file: node.mark.file, line: node.mark.line + error.line - 1, column: 1)
        }
        return SourceMark(
            file: node.mark.file, line: node.mark.line, column: node.mark.column + max(0, error.column - 1))
    }
}

extension StringProtocol {
    var trimmingBlanks: String {
        var part = Substring(self)
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }
}
