import BigInt
import Glibc
import YAML

/// A number of Python: an integer without bounds, or a float.
enum Number {
    case int(BigInt)
    case small(Int)
    case double(Double)

    init?(_ object: Object) {
        switch object {
        case .bool(let flag, _): self = .small(flag ? 1 : 0)
        case .int(let number, _): self = .small(number)
        case .bigInt(let number, _): self = .int(number)
        case .double(let number, _): self = .double(number)
        default: return nil
        }
    }
    var object: Object {
        switch self {
        case .int(let number): .integer(number)
        case .small(let number): .int(number)
        case .double(let number): .double(number)
        }
    }
    var double: Double {
        switch self {
        case .int(let number): Double(number)
        case .small(let number): Double(number)
        case .double(let number): number
        }
    }
    var big: BigInt? {
        switch self {
        case .int(let number): number
        case .small(let number): BigInt(number)
        case .double: nil
        }
    }
    static func == (left: Number, right: Number) -> Bool { left.order(right) == 0 }
    func order(_ other: Number) -> Int? {
        switch (self, other) {
        case (.small(let left), .small(let right)): return left < right ? -1 : left == right ? 0 : 1
        case (.double(let left), .double(let right)):
            return left.isNaN || right.isNaN ? nil : left < right ? -1 : left == right ? 0 : 1
        default:
            if let left = big, let right = other.big { return left < right ? -1 : left == right ? 0 : 1 }
            return order(mixed: other)
        }
    }
    /// An integer against a float, exactly.
    private func order(mixed other: Number) -> Int? {
        let (float, flipped) = if case .double(let number) = self { (number, true) } else { (other.double, false) }
        if float.isNaN { return nil }
        guard let integer = flipped ? other.big : big else { return nil }
        let result: Int
        if float.isInfinite {
            result = float > 0 ? -1 : 1
        } else {
            let whole = BigInt(float.rounded(.down))
            result = integer < whole ? -1 : integer > whole ? 1 : float == float.rounded(.down) ? 0 : -1
        }
        return flipped ? -result : result
    }
}

enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
}

extension Object {
    func applying(
        _ operation: BinaryOperator, _ other: Object, _ context: RenderContext
    ) throws(TemplateError) -> Object {
        if case .undefined(let marker) = self { throw marker.error }
        if case .undefined(let marker) = other {
            // A list looks at what it gets before that can say that it is undefined.
            if case .list = self, operation == .add || operation == .multiply {
                throw .other("a list and an undefined value cannot be combined: \(marker.error.message)")
            }
            throw marker.error
        }
        if let left = Number(self), let right = Number(other) { return try Object.compute(operation, left, right) }
        switch (operation, self, other) {
        case (.add, .string(let left, _), .string(let right, _)): return .string(left + right)
        case (.add, .string, _): throw .other("can only concatenate str (not \"\(other.typeName)\") to str")
        case (.add, .list(let left), .list(let right)): return .list(try left.items(context) + right.items(context))
        case (.add, .list, _): throw .other("can only concatenate list (not \"\(other.typeName)\") to list")
        case (.add, .tuple(let left), .tuple(let right)): return .tuple(left + right)
        case (.add, .bytes(let left), .bytes(let right)): return .bytes(left + right)
        case (.multiply, .string(let text, _), .int), (.multiply, .string(let text, _), .bool):
            return .string(String(repeating: text, count: try Object.repetitions(other.intValue, of: text.utf8.count)))
        case (.multiply, .int, .string(let text, _)), (.multiply, .bool, .string(let text, _)):
            return .string(String(repeating: text, count: try Object.repetitions(intValue, of: text.utf8.count)))
        case (.multiply, .list(let list), .int), (.multiply, .list(let list), .bool):
            return .list(
                Array(repeating: try list.items(context), count: try Object.repetitions(other.intValue, of: list.count))
                    .flatMap { $0 })
        case (.multiply, .int, .list), (.multiply, .bool, .list): return try other.applying(.multiply, self, context)
        case (.multiply, .int, .tuple), (.multiply, .bool, .tuple): return try other.applying(.multiply, self, context)
        case (.multiply, .tuple(let items), .int), (.multiply, .tuple(let items), .bool):
            return .tuple(
                Array(repeating: items, count: try Object.repetitions(other.intValue, of: items.count)).flatMap { $0 })
        case (.multiply, .string, _), (.multiply, .list, _):
            throw .other("can't multiply sequence by non-int of type '\(other.typeName)'")
        case (.modulo, .string(let format, _), _): return .string(try PercentFormat.format(format, other, context))
        case (.subtract, .dateTime(let left), .dateTime(let right)):
            guard (left.utcOffset == nil) == (right.utcOffset == nil) else {
                throw .other("can't subtract offset-naive and offset-aware datetimes")
            }
            return .duration(
                .seconds(left.secondsSinceEpoch - right.secondsSinceEpoch)
                    + .microseconds(left.microsecond - right.microsecond))
        case (.subtract, .date(let left), .date(let right)):
            return .duration(.seconds((left.daysSinceEpoch - right.daysSinceEpoch) * 86400))
        case (.add, .dateTime(let moment), .duration(let duration)): return .dateTime(try moment.adding(duration))
        case (.add, .duration(let duration), .dateTime(let moment)): return .dateTime(try moment.adding(duration))
        case (.subtract, .dateTime(let moment), .duration(let duration)):
            return .dateTime(try moment.adding(.zero - duration))
        case (.add, .duration(let left), .duration(let right)): return .duration(try Object.bounded(left + right))
        case (.subtract, .duration(let left), .duration(let right)): return .duration(try Object.bounded(left - right))
        case (.divide, .duration(let left), .duration(let right)):
            if right == .zero { throw .other("division by zero") }
            return .double(left / right)
        case (.subtract, .set(let left), .set(let right)):
            let keys = Set(right.map { Key($0) })
            return .set(left.filter { !keys.contains(Key($0)) })
        default:
            let name = operation == .power ? "** or pow()" : operation.rawValue
            throw .other("unsupported operand type(s) for \(name): '\(typeName)' and '\(other.typeName)'")
        }
    }

    /// As large as Python's may be.
    private static func bounded(_ duration: Duration) throws(TemplateError) -> Duration {
        guard abs(duration.components.seconds) < 86_400_000_000_000 else {
            throw .other("the difference of times is too large")
        }
        return duration
    }

    private static func repetitions(_ count: Int?, of size: Int) throws(TemplateError) -> Int {
        let count = max(0, count ?? 0)
        guard count.saturatingProduct(max(1, size)) <= Bounds.repetition else {
            throw .other("the repeated value would be too large")
        }
        return count
    }

    private static func compute(
        _ operation: BinaryOperator, _ left: Number, _ right: Number
    ) throws(TemplateError) -> Object {
        if case .small(let left) = left, case .small(let right) = right,
            let result = try compute(operation, left, right)
        {
            return result
        }
        if operation != .divide, let left = left.big, let right = right.big {
            return try compute(operation, left, right)
        }
        let a = left.double
        let b = right.double
        switch operation {
        case .add: return .double(a + b)
        case .subtract: return .double(a - b)
        case .multiply: return .double(a * b)
        case .divide:
            if b == 0 {
                throw .other(left.big != nil && right.big != nil ? "division by zero" : "float division by zero")
            }
            return .double(a / b)
        case .floorDivide:
            if b == 0 { throw .other("float floor division by zero") }
            let remainder = flooredRemainder(a, b)
            return .double(((a - remainder) / b).rounded())
        case .modulo:
            if b == 0 { throw .other("float modulo") }
            return .double(flooredRemainder(a, b))
        case .power:
            if a == 0, b < 0 { throw .other("0.0 cannot be raised to a negative power") }
            if a < 0, b != b.rounded() { throw .other("a negative number cannot be raised to a fractional power") }
            return .double(pow(a, b))
        }
    }

    private static func flooredRemainder(_ a: Double, _ b: Double) -> Double {
        let remainder = fmod(a, b)
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
    }

    /// Nil when the result does not fit.
    private static func compute(_ operation: BinaryOperator, _ a: Int, _ b: Int) throws(TemplateError) -> Object? {
        switch operation {
        case .add:
            let (sum, overflow) = a.addingReportingOverflow(b)
            return overflow ? nil : .int(sum)
        case .subtract:
            let (difference, overflow) = a.subtractingReportingOverflow(b)
            return overflow ? nil : .int(difference)
        case .multiply:
            let (product, overflow) = a.multipliedReportingOverflow(by: b)
            return overflow ? nil : .int(product)
        case .divide: return nil
        case .floorDivide, .modulo:
            if b == 0 { throw .other("integer division or modulo by zero") }
            if a == .min, b == -1 { return nil }
            let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
            let isBelow = remainder != 0 && (remainder < 0) != (b < 0)
            return .int(
                operation == .modulo ? (isBelow ? remainder + b : remainder) : (isBelow ? quotient - 1 : quotient))
        case .power: return nil
        }
    }

    private static func compute(_ operation: BinaryOperator, _ a: BigInt, _ b: BigInt) throws(TemplateError) -> Object {
        switch operation {
        case .add: return .integer(a + b)
        case .subtract: return .integer(a - b)
        case .multiply:
            guard a.bitWidth + b.bitWidth <= 2 * Bounds.integerBits else {
                throw .other("the product would be too large")
            }
            return .integer(a * b)
        case .divide: return .double(Double(a) / Double(b))
        case .floorDivide, .modulo:
            if b == 0 { throw .other("integer division or modulo by zero") }
            let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
            let isBelow = remainder != 0 && (remainder < 0) != (b < 0)
            return .integer(
                operation == .modulo ? (isBelow ? remainder + b : remainder) : (isBelow ? quotient - 1 : quotient))
        case .power:
            if b < 0 {
                if a == 0 { throw .other("0.0 cannot be raised to a negative power") }
                return .double(pow(Double(a), Double(b)))
            }
            guard let exponent = Int(exactly: b),
                a.magnitude <= 1 || exponent.saturatingProduct(a.bitWidth) <= Bounds.integerBits
            else {
                throw .other("the power would be too large")
            }
            return .integer(
                a.magnitude > 1 ? a.power(exponent) : exponent == 0 ? 1 : exponent.isMultiple(of: 2) ? a * a : a)
        }
    }

    /// Unary minus and plus.
    func negated() throws(TemplateError) -> Object {
        if case .undefined(let marker) = self { throw marker.error }
        switch Number(self) {
        case .small(let number): return number == .min ? .integer(-BigInt(number)) : .int(-number)
        case .int(let number): return .integer(-number)
        case .double(let number): return .double(-number)
        case nil:
            if case .duration(let duration) = self { return .duration(.zero - duration) }
            throw .other("bad operand type for unary -: '\(typeName)'")
        }
    }
}
