import BigInt
import YAML

/// Equality of values that are not containers: numbers and booleans by value across types.
func scalarsEqual(_ left: Object, _ right: Object) -> Bool {
    switch (left, right) {
    case (.none, .none), (.omit, .omit): return true
    case (.string(let left, _), .string(let right, _)): return sameText(left, right)
    case (.bytes(let left), .bytes(let right)): return left == right
    case (.date(let left), .date(let right)): return left == right
    case (.dateTime(let left), .dateTime(let right)):
        return left.secondsSinceEpoch == right.secondsSinceEpoch && left.microsecond == right.microsecond
    case (.duration(let left), .duration(let right)): return left == right
    case (.range(let left), .range(let right)): return left == right
    case (.native(let left), .native(let right)): return left === right
    default: return Number(left).flatMap { left in Number(right).map { left == $0 } } ?? false
    }
}

extension Object {
    /// Python's `==`.
    func isEqual(_ other: Object, _ context: RenderContext) throws(TemplateError) -> Bool {
        try context.step()
        switch (self, other) {
        case (.undefined(let left), .undefined(let right)) where left.isPlain && right.isPlain: return true
        case (.undefined(let marker), _), (_, .undefined(let marker)):
            if marker.isPlain { return false }
            throw marker.error
        case (.deferred(let text, let provenance), _):
            return try context.renderDeferred(text, provenance).isEqual(other, context)
        case (_, .deferred(let text, let provenance)):
            return try isEqual(context.renderDeferred(text, provenance), context)
        case (.list(let left), .list(let right)):
            if left === right { return true }
            return left.count == right.count
                ? try Object.areEqual(left.items(context), right.items(context), context) : false
        case (.tuple(let left), .tuple(let right)): return try Object.areEqual(left, right, context)
        case (.dict(let left), .dict(let right)):
            if left === right { return true }
            guard left.count == right.count else { return false }
            let others = try right.pairs(context)
            for (key, value) in try left.pairs(context) {
                guard let match = others[key], try value.isEqual(match, context) else { return false }
            }
            return true
        case (.set(let left), .set(let right)):
            guard left.count == right.count else { return false }
            let keys = Set(right.map { Key($0) })
            return left.allSatisfy { keys.contains(Key($0)) }
        default: return scalarsEqual(self, other)
        }
    }

    private static func areEqual(
        _ left: [Object], _ right: [Object], _ context: RenderContext
    ) throws(TemplateError) -> Bool {
        guard left.count == right.count else { return false }
        for (one, other) in zip(left, right) where try !one.isEqual(other, context) { return false }
        return true
    }

    /// Python's ordering: -1, 0 or 1; `operation` is for the message. A number that is not comparable (NaN) gives nil.
    func order(_ other: Object, _ operation: String, _ context: RenderContext) throws(TemplateError) -> Int? {
        try context.step()
        switch (self, other) {
        case (.undefined(let marker), _), (_, .undefined(let marker)): throw marker.error
        case (.deferred(let text, let provenance), _):
            return try context.renderDeferred(text, provenance).order(other, operation, context)
        case (_, .deferred(let text, let provenance)):
            return try order(context.renderDeferred(text, provenance), operation, context)
        case (.string(let left, _), .string(let right, _)): return Object.order(left.utf8, right.utf8)
        case (.bytes(let left), .bytes(let right)): return Object.order(left, right)
        case (.list(let left), .list(let right)):
            return try Object.order(left.items(context), right.items(context), operation, context)
        case (.tuple(let left), .tuple(let right)): return try Object.order(left, right, operation, context)
        case (.date(let left), .date(let right)): return (left.daysSinceEpoch - right.daysSinceEpoch).signum()
        case (.dateTime(let left), .dateTime(let right)):
            guard (left.utcOffset == nil) == (right.utcOffset == nil) else {
                throw .other("can't compare offset-naive and offset-aware datetimes")
            }
            let seconds = (left.secondsSinceEpoch - right.secondsSinceEpoch).signum()
            return seconds != 0 ? seconds : (left.microsecond - right.microsecond).signum()
        case (.duration(let left), .duration(let right)): return left < right ? -1 : left == right ? 0 : 1
        default:
            guard let left = Number(self), let right = Number(other) else {
                throw .other("'\(operation)' not supported between instances of '\(typeName)' and '\(other.typeName)'")
            }
            return left.order(right)
        }
    }

    private static func order(
        _ left: [Object], _ right: [Object], _ operation: String, _ context: RenderContext
    ) throws(TemplateError) -> Int? {
        for (one, other) in zip(left, right) where try !one.isEqual(other, context) {
            return try one.order(other, operation, context)
        }
        return (left.count - right.count).signum()
    }
    /// UTF-8's order is the order of the code points.
    private static func order(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Int {
        var others = right.makeIterator()
        for byte in left {
            guard let other = others.next() else { return 1 }
            if byte != other { return byte < other ? -1 : 1 }
        }
        return others.next() == nil ? 0 : -1
    }

    func isLess(_ other: Object, _ context: RenderContext) throws(TemplateError) -> Bool {
        try order(other, "<", context) == -1
    }

    /// Python's truth value.
    func isTrue(_ context: RenderContext) throws(TemplateError) -> Bool {
        switch self {
        case .none: false
        case .bool(let flag, _): flag
        case .int(let number, _): number != 0
        case .bigInt: true
        case .double(let number, _): number != 0
        case .string(let text, _): !text.isEmpty
        case .bytes(let bytes): !bytes.isEmpty
        case .list(let list): list.count > 0
        case .tuple(let items), .set(let items): !items.isEmpty
        case .dict(let dict): dict.count > 0
        case .range(let range): range.count > 0
        case .duration(let duration): duration != .zero
        case .date, .dateTime, .omit, .native: true
        case .deferred(let text, let provenance): try context.renderDeferred(text, provenance).isTrue(context)
        case .undefined(let marker): if marker.isPlain { false } else { throw marker.error }
        }
    }

    /// Python's `needle in self`.
    func contains(_ needle: Object, _ context: RenderContext) throws(TemplateError) -> Bool {
        // What cannot contain anything is reported before what is looked for.
        switch self {
        case .none, .bool, .int, .bigInt, .double, .date, .dateTime, .duration, .omit:
            throw .other("argument of type '\(typeName)' is not iterable")
        default: break
        }
        if case .undefined(let marker) = needle, !marker.isPlain {
            if case .string = self {
                throw .other("'in <string>' requires string as left operand: \(marker.error.message)")
            }
            // Nothing is compared with it.
            if case .list(let list) = self, list.count == 0 { return false }
            throw marker.error
        }
        switch self {
        case .undefined(let marker):
            if marker.isPlain { return false }
            throw marker.error
        case .string(let text, _):
            guard case .string(let part, _) = needle else {
                throw .other("'in <string>' requires string as left operand, not \(needle.typeName)")
            }
            return PythonText.find(part, in: text) != nil
        case .dict(let dict):
            guard Key.isHashable(needle) else { throw .other("unhashable type: '\(needle.typeName)'") }
            return dict.contains(needle)
        case .set(let items):
            guard let key = Key(checking: needle) else { throw .other("unhashable type: '\(needle.typeName)'") }
            return items.contains { Key($0) == key }
        case .range(let range):
            guard let number = needle.intValue else { return false }
            guard
                range.step > 0
                    ? number >= range.start && number < range.stop : number <= range.start && number > range.stop
            else { return false }
            return UInt(bitPattern: range.step > 0 ? number &- range.start : range.start &- number).isMultiple(
                of: range.step.magnitude)
        default:
            guard let items = try iterated(context) else {
                throw .other("argument of type '\(typeName)' is not iterable")
            }
            for item in items where try item.isEqual(needle, context) { return true }
            return false
        }
    }

    /// The items of anything that can be iterated; undefined ones are in it as they are. Nil when it cannot be.
    func iterated(_ context: RenderContext) throws(TemplateError) -> [Object]? {
        switch self {
        case .list(let list): try list.items(context)
        case .tuple(let items), .set(let items): items
        case .dict(let dict): dict.keys
        case .string(let text, let provenance):
            text.unicodeScalars.map { .string(String($0), provenance.isSecret ? provenance.untrusted : .data) }
        case .bytes(let bytes): bytes.map { .int(Int($0)) }
        case .range(let range): (0..<range.count).map { .int(range[$0]) }
        case .native(let object): object.iterate()
        case .deferred(let text, let provenance): try context.renderDeferred(text, provenance).iterated(context)
        case .undefined(let marker): if marker.isPlain { [] } else { throw marker.error }
        default: nil
        }
    }

    /// As `iterated`, and what cannot be iterated is an error.
    func items(_ context: RenderContext) throws(TemplateError) -> [Object] {
        guard let items = try iterated(context) else { throw .other("'\(typeName)' object is not iterable") }
        try context.step(items.count)
        return items
    }

    /// As `items`, and an undefined item is an error.
    func definedItems(_ context: RenderContext) throws(TemplateError) -> [Object] {
        let items = try items(context)
        for case .undefined(let marker) in items where !marker.isPlain { throw marker.error }
        return items
    }

    /// Python's `len()`.
    func length(_ context: RenderContext) throws(TemplateError) -> Int {
        switch self {
        case .string(let text, _): text.unicodeScalars.count
        case .bytes(let bytes): bytes.count
        case .list(let list): list.count
        case .tuple(let items), .set(let items): items.count
        case .dict(let dict): dict.count
        case .range(let range): range.count
        case .undefined(let marker): if marker.isPlain { 0 } else { throw marker.error }
        case .native(let object):
            if let items = object.iterate() {
                items.count
            } else {
                throw .other("object of type '\(typeName)' has no len()")
            }
        default: throw .other("object of type '\(typeName)' has no len()")
        }
    }
}
