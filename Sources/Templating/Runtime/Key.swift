import BigInt

/// A dictionary's key, with Python's equality: `1`, `1.0` and `true` are one key, strings are compared by code point.
struct Key: Hashable {
    let object: Object

    /// For an object that is known to be hashable.
    init(_ object: Object) { self.object = object }
    /// Nil when the object cannot be a key (lists and dictionaries cannot).
    init?(checking object: Object) {
        guard Key.isHashable(object) else { return nil }
        self.object = object
    }

    static func isHashable(_ object: Object) -> Bool {
        var size = 0
        return isHashable(object, level: 0, &size)
    }
    /// A tuple of tuples of one tuple is small, and looking at it is not: what is too large for a key is none.
    private static func isHashable(_ object: Object, level: Int, _ size: inout Int) -> Bool {
        switch object {
        case .list, .dict, .set: return false
        case .tuple(let items):
            size += items.count
            guard level < 32, size < 10_000 else { return false }
            for item in items where !isHashable(item, level: level + 1, &size) { return false }
            return true
        default: return true
        }
    }

    static func == (left: Key, right: Key) -> Bool { areEqual(left.object, right.object) }

    private static func areEqual(_ left: Object, _ right: Object) -> Bool {
        switch (left, right) {
        case (.string(let left, _), .string(let right, _)): return sameText(left, right)
        case (.tuple(let left), .tuple(let right)):
            return left.count == right.count && zip(left, right).allSatisfy(areEqual)
        case (.native(let left), .native(let right)): return left === right
        default: return scalarsEqual(left, right)
        }
    }

    func hash(into hasher: inout Hasher) { Key.hash(object, &hasher) }

    private static func hash(_ object: Object, _ hasher: inout Hasher) {
        switch object {
        case .bool(let flag, _): hasher.combine(flag ? 1 : 0)
        case .int(let number, _): hasher.combine(number)
        case .bigInt(let number, _): hasher.combine(Double(number))
        case .double(let number, _):
            if let whole = Int(exactly: number) { hasher.combine(whole) } else { hasher.combine(number) }
        case .string(let text, _):
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .bytes(let bytes): hasher.combine(bytes)
        case .date(let date): hasher.combine(date)
        case .dateTime(let moment): hasher.combine(moment)
        case .duration(let duration): hasher.combine(duration)
        case .tuple(let items): for item in items { hash(item, &hasher) }
        default: hasher.combine(0)
        }
    }
}

/// Equality by code point: Swift's own `==` takes texts that are canonically equivalent for equal, Python does not.
func sameText(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
}
