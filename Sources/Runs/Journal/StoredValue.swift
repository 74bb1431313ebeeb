import YAML

/// Values as JSON text and back without a loss: what JSON has no type for (bytes, dates, sets, `omit`, keys that are no
/// texts), and what is known of a scalar (trust, secrecy,
/// origin), is a mapping with one marked key. Nobody but who has the journal's key can write one: trust is not forged
/// here.
package enum StoredValue {
    /// No playbook's key begins with it.
    private static let mark: Character = "\u{1}"

    package static func bytes(_ value: Value) -> [UInt8] { Array(JSON.text(marked(value), spaced: false).utf8) }

    /// - Throws: `Diagnostics` when the bytes are not what `bytes` gave.
    package static func value(_ bytes: [UInt8]) throws(Diagnostics) -> Value {
        try unmarked(try JSON.parse(bytes, file: "state"))
    }

    private static func marked(_ value: Value) -> Value {
        switch value {
        case .null: value
        case .bool, .int, .bigInt, .double, .string: known(value)
        case .list(let items): .list(items.map(marked))
        case .set(let items): tagged("set", .list(items.map(marked)))
        case .omit: tagged("omit", .null)
        case .bytes(let bytes): tagged("bytes", .list(bytes.map { .int(Int($0)) }))
        case .date(let day): tagged("date", .list([day.year, day.month, day.day].map { .int($0) }))
        case .dateTime(let time):
            tagged(
                "time",
                .list(
                    [
                        time.date.year, time.date.month, time.date.day, time.hour, time.minute, time.second,
                        time.microsecond,
                    ].map { .int($0) } + [time.utcOffset.map { .int($0) } ?? .null]))
        case .dict(let map):
            if map.pairs.keys.allSatisfy({ $0.string.map { $0.first != mark } ?? false }) {
                .dict(map.mapValues(marked))
            } else {
                tagged("map", .list(map.pairs.map { .list([marked($0.key), marked($0.value)]) }))
            }
        }
    }

    /// A scalar with its provenance, where there is any.
    private static func known(_ value: Value) -> Value {
        let provenance = value.provenance
        let plain = value.withOwn(.data)
        if let label = provenance.label {
            let parts: [Value] = [plain, .string(label), .bool(provenance.isSearched), .bool(provenance.isTrusted)]
            if provenance.isDecrypted { return tagged("decrypted", .list(parts)) }
            return tagged("secret", .list(provenance.isDerived ? parts + [.bool(true)] : parts))
        }
        if provenance.isEncrypted {
            guard let origin = provenance.origin else { return tagged("encrypted", .list([plain])) }
            return tagged("encrypted", .list([plain, .string(origin.file), .int(origin.line), .int(origin.column)]))
        }
        guard provenance.isTrusted else { return plain }
        guard let origin = provenance.origin else { return tagged("trusted", .list([plain])) }
        return tagged("trusted", .list([plain, .string(origin.file), .int(origin.line), .int(origin.column)]))
    }

    private static func tagged(_ kind: String, _ value: Value) -> Value { .dict(["\(mark)\(kind)": value]) }

    private static func unmarked(_ value: Value) throws(Diagnostics) -> Value {
        switch value {
        case .list(let items):
            var list: [Value] = []
            list.reserveCapacity(items.count)
            for item in items { list.append(try unmarked(item)) }
            return .list(list)
        case .dict(let map):
            if map.count == 1, let (key, content) = map.pairs.elements.first, let name = key.string, name.first == mark
            {
                return try untagged(name.dropFirst(), content)
            }
            var result = ValueMap()
            for (key, value) in map.pairs { result[key] = try unmarked(value) }
            return .dict(result)
        default: return value
        }
    }

    private static func untagged(_ kind: Substring, _ content: Value) throws(Diagnostics) -> Value {
        let items = content.list ?? []
        let numbers = items.compactMap(\.int)
        switch kind {
        case "omit": return .omit
        case "secret":
            guard (4...5).contains(items.count), let label = items[1].string, let isSearched = items[2].bool,
                let isTrusted = items[3].bool
            else { throw unknown }
            let own = Provenance.secret(label, isSearched: isSearched)
            let provenance = items.last?.bool == true && items.count == 5 ? own.derived : own
            return items[0].withOwn(isTrusted ? provenance.trusting : provenance)
        case "decrypted":
            guard items.count == 4, let label = items[1].string else { throw unknown }
            return items[0].withOwn(.decrypted(as: label))
        case "trusted", "encrypted":
            guard let value = items.first else { throw unknown }
            var provenance = Provenance.trusted
            if items.count == 4, let file = items[1].string, let line = items[2].int, let column = items[3].int {
                provenance = Provenance.Source(file: file, isTrusted: true).at(line: line, column: column)
            }
            return value.withOwn(kind == "encrypted" ? provenance.encrypted : provenance)
        case "bytes" where numbers.count == items.count: return .bytes(numbers.map { UInt8(truncatingIfNeeded: $0) })
        case "set": return .set(try unmarked(content).list ?? [])
        case "date" where numbers.count == 3 && isDay(numbers):
            return .date(CalendarDate(year: numbers[0], month: numbers[1], day: numbers[2]))
        case "time"
        where items.count == 8 && numbers.count >= 7 && isDay(numbers) && isTime(numbers, offset: items[7].int):
            return .dateTime(
                CalendarDateTime(
                    date: CalendarDate(year: numbers[0], month: numbers[1], day: numbers[2]), hour: numbers[3],
                    minute: numbers[4], second: numbers[5], microsecond: numbers[6],
                    utcOffset: items[7].int))
        case "map":
            var map = ValueMap()
            for item in items {
                guard let pair = item.list, pair.count == 2 else { throw unknown }
                map[try unmarked(pair[0])] = try unmarked(pair[1])
            }
            return .dict(map)
        default: throw unknown
        }
    }

    /// What a calendar and a clock show; other numbers would overflow in calculations.
    private static func isDay(_ numbers: [Int]) -> Bool {
        (1...9999).contains(numbers[0]) && (1...12).contains(numbers[1]) && (1...31).contains(numbers[2])
    }
    private static func isTime(_ numbers: [Int], offset: Int?) -> Bool {
        (0...23).contains(numbers[3]) && (0...59).contains(numbers[4]) && (0...60).contains(numbers[5])
            && (0...999_999).contains(numbers[6]) && (-86_400...86_400).contains(offset ?? 0)
    }

    private static var unknown: Diagnostics {
        Diagnostics([Diagnostic("the stored state of the run is not readable", at: nil)])
    }
}

extension ValueMap {
    fileprivate func mapValues(_ transform: (Value) -> Value) -> ValueMap { ValueMap(pairs.mapValues(transform)) }
}
