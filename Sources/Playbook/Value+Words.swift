import YAML

extension Value {
    /// For messages: what a value is, in YAML's words.
    package var kindInWords: String {
        switch self {
        case .null, .omit: "empty"
        case .bool: "a boolean"
        case .int, .bigInt, .double: "a number"
        case .string: "a text"
        case .bytes: "binary data"
        case .date, .dateTime: "a date"
        case .list: "a list"
        case .dict: "a mapping"
        case .set: "a set"
        }
    }
}
