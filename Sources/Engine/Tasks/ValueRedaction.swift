import Playbook
import Redaction
import YAML

/// Values as they may be shown. What is known to be secret is its mark, whatever its type; texts are searched for the
/// run's secrets. Both happen before anything is encoded:
/// a secret with a quote in it would not be recognised in JSON text.
struct ValueRedaction: Sendable {
    let secrets: SecretSet

    func json(_ value: Value) -> RedactedJSON {
        if let label = value.provenance.label { return .text(secrets.mark(for: label)) }
        switch value {
        case .null, .omit: return .null
        case .bool(let flag, _): return .bool(flag)
        case .int(let number, _): return known(String(number)).map { .text($0) } ?? .int(number)
        case .double(let number, _): return known(JSON.text(value)).map { .text($0) } ?? .double(number)
        case .list(let items), .set(let items): return .list(list(items))
        case .dict(let map): return mark(ofWhole: map).map { .text($0) } ?? json(of: map)
        default: return .text(RedactedText(ArgumentBinder.text(value), secrets: secrets))
        }
    }

    /// A result, whose own keys are its module's.
    func json(of result: ValueMap) -> RedactedJSON {
        .object(result.pairs.map { RedactedJSON.Member(name($0.key), json($0.value)) })
    }

    /// What is shown in place of a mapping in which all is what a `no_log` task gave: its keys may say as much as its
    /// values. nil for any other.
    private func mark(ofWhole map: ValueMap) -> RedactedText? {
        var holdsSecret = false
        func isHidden(_ value: Value) -> Bool {
            switch value {
            case .list(let items), .set(let items): return items.allSatisfy { isHidden($0) }
            case .dict(let map): return map.pairs.values.allSatisfy { isHidden($0) }
            // They carry no knowledge of their own.
            case .null, .omit, .bytes, .date, .dateTime: return true
            default:
                guard value.provenance.label == NoLog.label else { return false }
                holdsSecret = true
                return true
            }
        }
        return isHidden(.dict(map)) && holdsSecret ? secrets.mark(for: NoLog.label) : nil
    }

    /// A mapping's key: the results of all hosts have the same ones.
    private func name(_ key: Value) -> RedactedText {
        if case .string(let name, let provenance) = key, !provenance.isSecret {
            return RedactedText(name: name, secrets: secrets)
        }
        return text(key)
    }

    /// Texts may be the lines of one (`stdout_lines`), over which a secret goes on.
    private func list(_ items: [Value]) -> [RedactedJSON] {
        let texts = items.compactMap { $0.provenance.isSecret ? nil : $0.string }
        guard items.count > 1, texts.count == items.count else { return items.map(json) }
        return RedactedText.lines(of: texts, secrets: secrets).map { .text($0) }
    }

    /// As `ArgumentBinder.text` writes it: lists and mappings as JSON on one line.
    func text(_ value: Value) -> RedactedText {
        if let label = value.provenance.label { return secrets.mark(for: label) }
        switch value {
        case .list, .dict, .set: return json(value).line
        default: return RedactedText(ArgumentBinder.text(value), secrets: secrets)
        }
    }

    /// With marks in the place of secrets, for code that still works on values before it shows them.
    func masked(_ value: Value) -> Value {
        if let label = value.provenance.label { return .string(secrets.mark(for: label).description) }
        switch value {
        case .list(let items): return .list(items.map(masked))
        case .set(let items): return .set(items.map(masked))
        case .dict(let map):
            return mark(ofWhole: map).map { .string($0.description) } ?? .dict(ValueMap(map.pairs.mapValues(masked)))
        case .string(let text, _): return .string(RedactedText(text, secrets: secrets).description)
        case .int, .bigInt, .double: return known(JSON.text(value)).map { .string($0.description) } ?? value
        default: return value
        }
    }

    /// A number that as a whole is a secret of the run. Small ones are in every second line of output.
    private func known(_ number: @autoclosure () -> String) -> RedactedText? {
        guard !secrets.isEmpty else { return nil }
        let text = number()
        return text.utf8.count >= 4 && secrets.holds(text) != nil ? RedactedText(text, secrets: secrets) : nil
    }
}
