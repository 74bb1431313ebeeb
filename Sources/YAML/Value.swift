import BigInt
import OrderedCollections

/// A value of the playbook language, with the types that Python and YAML 1.1 give it.
///
/// Inventory variables, playbook variables, facts, module arguments and module results are all of this type. Scalars
/// know where they came from (`Provenance`);
/// what is made without saying so is data: no template, not secret.
package enum Value: Sendable, Hashable {
    case null
    case bool(Bool, Provenance = .data)
    case int(Int, Provenance = .data)
    /// An integer that does not fit `Int`; one that fits is always `.int`.
    indirect case bigInt(BigInt, Provenance = .data)
    case double(Double, Provenance = .data)
    case string(String, Provenance = .data)
    case bytes([UInt8])
    // Elsewhere, as large integers are, so that every value is not as large as a date.
    indirect case date(CalendarDate)
    indirect case dateTime(CalendarDateTime)
    case list([Value])
    case dict(ValueMap)
    /// YAML's `!!set`, in order of appearance, without duplicates.
    case set([Value])
    /// What the variable `omit` stands for: the argument that has this value is dropped.
    case omit
}

/// A mapping in order of insertion. Keys are strings nearly always, and any hashable value where YAML says so.
package struct ValueMap: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package var pairs: OrderedDictionary<Value, Value>

    package init(_ pairs: OrderedDictionary<Value, Value> = [:]) { self.pairs = pairs }
    package init(_ pairs: KeyValuePairs<String, Value>) {
        self.pairs = [:]
        for (key, value) in pairs { self.pairs[.string(key)] = value }
    }
    package init(dictionaryLiteral elements: (String, Value)...) {
        self.pairs = [:]
        for (key, value) in elements { self.pairs[.string(key)] = value }
    }

    package subscript(key: String) -> Value? {
        get { pairs[.string(key)] }
        set { pairs[.string(key)] = newValue }
    }
    package subscript(key: Value) -> Value? {
        get { pairs[key] }
        set { pairs[key] = newValue }
    }
    package var isEmpty: Bool { pairs.isEmpty }
    package var count: Int { pairs.count }
    /// The keys that are strings, in order.
    package var names: [String] { pairs.keys.compactMap { if case .string(let name, _) = $0 { name } else { nil } } }
    /// Later entries win, as when variables are merged.
    package mutating func merge(_ other: ValueMap) { for (key, value) in other.pairs { pairs[key] = value } }
}

/// A day of the proleptic Gregorian calendar, as `2026-01-31` in YAML.
package struct CalendarDate: Sendable, Hashable {
    package var year: Int, month: Int, day: Int
    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }
}

/// A moment as YAML 1.1 writes it; without an offset it is 'naive', as in Python.
package struct CalendarDateTime: Sendable, Hashable {
    package var date: CalendarDate
    package var hour: Int, minute: Int, second: Int, microsecond: Int
    /// Seconds east of UTC; nil when the text had none.
    package var utcOffset: Int?
    package init(
        date: CalendarDate, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0, utcOffset: Int? = nil
    ) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
        self.utcOffset = utcOffset
    }
}

extension Value {
    package var string: String? { if case .string(let text, _) = self { text } else { nil } }
    package var int: Int? { if case .int(let number, _) = self { number } else { nil } }
    package var bool: Bool? { if case .bool(let flag, _) = self { flag } else { nil } }
    package var list: [Value]? { if case .list(let items) = self { items } else { nil } }
    package var map: ValueMap? { if case .dict(let map) = self { map } else { nil } }
    package var isNull: Bool { self == .null }
}
