import BigInt
import YAML

/// The values of expressions.
extension RenderContext {
    func evaluate(_ expression: Expression, _ frame: Frame) throws(TemplateError) -> Object {
        do throws(TemplateError) {
            try step()
            let value = try value(of: expression, frame)
            try check(value)
            return value
        } catch {
            throw error.placed(at: expression.position)
        }
    }

    /// What an expression has made must be small enough to continue with.
    private func check(_ value: Object) throws(TemplateError) {
        switch value {
        case .string(let text, _): if text.utf8.count > Bounds.text { throw .tooLargeText }
        case .list(let list):
            if list.count > Bounds.items { throw .tooLarge("the list", "\(Bounds.items) items") }
            if list.level > Bounds.nesting { throw .tooDeep }
        case .tuple, .set, .dict, .native: if value.level > Bounds.nesting { throw .tooDeep }
        default: break
        }
    }

    private func value(of expression: Expression, _ frame: Frame) throws(TemplateError) -> Object {
        switch expression.kind {
        case .constant(let constant): return try value(of: constant)
        case .name(let name): return try lookUp(name, frame)
        case .list(let items): return .list(try evaluate(items, frame))
        case .tuple(let items): return .tuple(try evaluate(items, frame))
        case .dict(let pairs):
            let dict = DictObject()
            for (key, value) in pairs {
                let key = try evaluate(key, frame)
                if case .undefined(let marker) = key { throw marker.error }
                guard let hashable = Key(checking: key) else { throw .other("unhashable type: '\(key.typeName)'") }
                dict.set(hashable, try evaluate(value, frame))
            }
            return .dict(dict)
        case .attribute(let base, let name): return try attribute(name, of: evaluate(base, frame))
        case .item(let base, let key):
            let isLiteral = if case .constant = key.kind { true } else { false }
            return try item(evaluate(key, frame), of: evaluate(base, frame), showsKey: isLiteral)
        case .slice(let base, let start, let stop, let step):
            return try slice(
                evaluate(base, frame), try bound(start, frame), try bound(stop, frame), try bound(step, frame))
        case .call(let function, let arguments):
            return try call(function, arguments, frame).placed(at: expression.position)
        case .filter(let input, let name, let arguments):
            guard let input else { throw .other("a filter block has no input") }
            return try applyFilter(name, to: evaluate(input, frame), evaluate(arguments, frame)).placed(
                at: expression.position)
        case .test(let input, let name, let arguments):
            return .bool(try applyTest(name, to: evaluate(input, frame), evaluate(arguments, frame)))
        case .not(let operand): return .bool(!(try condition(operand, frame)))
        case .negate(let operand):
            let value = try evaluate(operand, frame)
            return try value.negated().concealed(as: value.provenance, self)
        case .plus(let operand):
            let value = try evaluate(operand, frame)
            if case .undefined(let marker) = value { throw marker.error }
            guard let number = Number(value) else { throw .other("bad operand type for unary +: '\(value.typeName)'") }
            return try number.object.concealed(as: value.provenance, self)
        case .binary(let operation, let left, let right):
            let (leftValue, rightValue) = (try evaluate(left, frame), try evaluate(right, frame))
            // A list that is written here leaves it to the undefined value, unlike a variable's.
            if case .list = left.kind, case .undefined(let marker) = rightValue { throw marker.error }
            return try applying(operation, leftValue, rightValue)
        case .compare(let first, let rest): return .bool(try compare(first, rest, frame))
        case .and(let left, let right):
            let value = try evaluate(left, frame)
            return try value.isTrue(self) ? try evaluate(right, frame) : value
        case .or(let left, let right):
            let value = try evaluate(left, frame)
            return try value.isTrue(self) ? value : try evaluate(right, frame)
        case .concat(let parts):
            let (text, provenance) = try spelling { () throws(TemplateError) in
                var text = BoundedText()
                for part in parts { try text.append(evaluate(part, frame).text(self)) }
                return text.text
            }
            return .string(text, provenance)
        case .conditional(let then, let condition, let otherwise):
            if try self.condition(condition, frame) { return try evaluate(then, frame) }
            if let otherwise { return try evaluate(otherwise, frame) }
            return .undefined(Undefined(.hint("an inline 'if' was false and has no 'else'"), isPlain: true))
        }
    }

    private func value(of constant: Expression.Constant) throws(TemplateError) -> Object {
        switch constant {
        case .none: .none
        case .bool(let flag): .bool(flag)
        case .smallInt(let number): .int(number)
        case .int(let digits): .integer(BigInt(digits) ?? 0)
        case .double(let number): .double(number)
        case .string(let text):
            rendersStrings && TemplateText.mayBeTemplate(text) ? try renderDeferred(text, .data) : .string(text)
        }
    }

    func evaluate(_ items: [Expression], _ frame: Frame) throws(TemplateError) -> [Object] {
        var values: [Object] = []
        values.reserveCapacity(items.count)
        for item in items { values.append(try evaluate(item, frame)) }
        return values
    }

    func evaluate(_ arguments: Expression.Arguments, _ frame: Frame) throws(TemplateError) -> CallArguments {
        var result = CallArguments(positional: try evaluate(arguments.positional, frame))
        for (name, value) in arguments.keywords { result.keywords.append((name, try evaluate(value, frame))) }
        if let star = arguments.star { result.positional += try evaluate(star, frame).items(self) }
        if let doubleStar = arguments.doubleStar {
            guard case .dict(let dict) = try evaluate(doubleStar, frame) else {
                throw .other("the argument after ** must be a mapping")
            }
            for (key, value) in try dict.pairs(self) { result.keywords.append((try key.object.text(self), value)) }
        }
        return result
    }

    func condition(_ expression: Expression, _ frame: Frame) throws(TemplateError) -> Bool {
        let value = try evaluate(expression, frame)
        do throws(TemplateError) {
            return try value.isTrue(self)
        } catch {
            throw error.placed(at: expression.position)
        }
    }

    private func compare(
        _ first: Expression, _ rest: [(operation: Expression.Comparison, operand: Expression)], _ frame: Frame
    ) throws(TemplateError) -> Bool {
        var left = try evaluate(first, frame)
        for (operation, operand) in rest {
            let right = try evaluate(operand, frame)
            if operation != .isIn, operation != .isNotIn {
                if case .undefined(let marker) = left, !marker.isPlain { throw marker.error }
                if case .undefined(let marker) = right, !marker.isPlain { throw marker.error }
            }
            let holds =
                switch operation {
                case .equal: try left.isEqual(right, self)
                case .notEqual: !(try left.isEqual(right, self))
                case .less: try left.order(right, "<", self) == -1
                case .lessOrEqual: try left.order(right, "<=", self).map { $0 <= 0 } ?? false
                case .greater: try left.order(right, ">", self) == 1
                case .greaterOrEqual: try left.order(right, ">=", self).map { $0 >= 0 } ?? false
                case .isIn: try right.contains(left, self)
                case .isNotIn: !(try right.contains(left, self))
                }
            guard holds else { return false }
            left = right
        }
        return true
    }

    // MARK: Names

    func lookUp(_ name: String, _ frame: Frame) throws(TemplateError) -> Object {
        if let local = frame.find(name) { return local }
        if name == "self", inheritance != nil { return .native(SelfObject(frame.root)) }
        if let variable = try variable(name) { return variable }
        return Globals.named(name, self) ?? .undefined(Undefined(.name(name)))
    }

    /// `object.name`: a method or attribute, else an element.
    func attribute(_ name: String, of object: Object) throws(TemplateError) -> Object {
        if case .undefined(let marker) = object {
            if marker.isPlain { throw marker.error }
            return object
        }
        if name.hasPrefix("__") { return .undefined(Undefined(.hint("access to attribute '\(name)' is unsafe"))) }
        if let found = try Attributes.find(name, of: object, self) {
            return try found.concealed(as: object.provenance, self)
        }
        if case .dict(let dict) = object, let value = try dict.value(name, self) { return value }
        return .undefined(Undefined(.attribute(typeName: object.typeName, key: Value.pythonRepr(of: name))))
    }

    /// `object[key]`: an element, else an attribute.
    func item(_ key: Object, of object: Object, showsKey: Bool) throws(TemplateError) -> Object {
        if case .undefined(let marker) = object {
            if marker.isPlain { throw marker.error }
            return object
        }
        if case .undefined(let marker) = key { throw marker.error }
        switch object {
        case .dict(let dict):
            if let key = Key(checking: key), let value = try dict.value(key, self) { return value }
        case .list(let list):
            if let index = resolved(key, list.count) { return try list.item(index, self) }
        case .tuple(let items):
            if let index = resolved(key, items.count) { return items[index] }
        case .range(let range):
            if let index = resolved(key, range.count) { return .int(range[index]) }
        case .string(let text, _):
            if key.intValue != nil {
                if let scalar = PythonText.scalar(key, in: text) {
                    return try Object.string(String(scalar)).concealed(as: object.provenance, self)
                }
            }
        case .bytes(let bytes):
            if let index = resolved(key, bytes.count) { return .int(Int(bytes[index])) }
        case .native(let native):
            if case .string(let name, let provenance) = key {
                // The name of a vault's provider or field stands in errors and in the audit trail.
                spelled(name, provenance)
                if let value = try native.attribute(name, self) { return value }
            }
            if let items = native.iterate(), let index = resolved(key, items.count) { return items[index] }
        default: break
        }
        if case .string(let name, _) = key, !name.hasPrefix("__"),
            let found = try Attributes.find(name, of: object, self)
        {
            return try found.concealed(as: object.provenance, self)
        }
        return .undefined(
            Undefined(.attribute(typeName: object.typeName, key: showsKey ? try key.representation(self) : nil)))
    }

    /// An index into something of this length; negative ones count from the end.
    private func resolved(_ key: Object, _ count: Int) -> Int? {
        guard let index = key.intValue else { return nil }
        let position = index < 0 ? index + count : index
        return position >= 0 && position < count ? position : nil
    }

    private func bound(_ expression: Expression?, _ frame: Frame) throws(TemplateError) -> Int? {
        guard let expression else { return nil }
        let value = try evaluate(expression, frame)
        if case .none = value { return nil }
        if case .undefined(let marker) = value { throw marker.error }
        guard let number = value.intValue else { throw .other("slice indices must be integers or None") }
        return number
    }

    private func slice(_ object: Object, _ start: Int?, _ stop: Int?, _ step: Int?) throws(TemplateError) -> Object {
        func indices(_ count: Int) throws(TemplateError) -> [Int] { try Slice.indices(count, start, stop, step) }
        switch object {
        case .undefined(let marker):
            if marker.isPlain { throw marker.error }
            return object
        case .string(let text, _):
            let scalars = Array(text.unicodeScalars)
            var result = String.UnicodeScalarView()
            for index in try indices(scalars.count) { result.append(scalars[index]) }
            return try Object.string(String(result)).concealed(as: object.provenance, self)
        case .list(let list):
            let items = try list.items(self)
            return .list(try indices(items.count).map { items[$0] })
        case .tuple(let items): return .tuple(try indices(items.count).map { items[$0] })
        case .bytes(let bytes): return .bytes(try indices(bytes.count).map { bytes[$0] })
        case .range(let range):
            let chosen = try indices(range.count)
            let step = range.step.saturatingProduct(chosen.count > 1 ? chosen[1] - chosen[0] : 1)
            let first = chosen.first.map { range[$0] } ?? range.start
            return .range(
                RangeObject(start: first, stop: first.saturatingSum(step.saturatingProduct(chosen.count)), step: step))
        default: throw .other("'\(object.typeName)' object cannot be sliced")
        }
    }

    // MARK: Calls

    private func call(
        _ function: Expression, _ arguments: Expression.Arguments, _ frame: Frame
    ) throws(TemplateError) -> Object {
        let callee = try evaluate(function, frame)
        if case .undefined(let marker) = callee {
            if marker.isPlain { throw marker.error }
            return callee
        }
        guard case .native(let native) = callee else { throw .other("'\(callee.typeName)' object is not callable") }
        if native is LookupFunction {
            // A lookup's terms may be templates, even as constants; its options are not.
            var terms = arguments
            terms.keywords = []
            let outer = rendersStrings
            rendersStrings = true
            defer { rendersStrings = outer }
            var values = try evaluate(terms, frame)
            rendersStrings = outer
            for (name, value) in arguments.keywords { values.keywords.append((name, try evaluate(value, frame))) }
            return try native.call(values, self)
        }
        return try call(native, evaluate(arguments, frame))
    }

    /// A method whose arguments are secret may put them into the text that it makes.
    func call(_ native: any NativeObject, _ values: CallArguments) throws(TemplateError) -> Object {
        let (result, provenance) = try spelling { () throws(TemplateError) in
            if native is FunctionObject { spell(values) }
            return try native.call(values, self)
        }
        return try result.concealed(as: provenance, self)
    }

    /// Two texts are put together; what comes of other secrets is secret itself.
    func applying(_ operation: BinaryOperator, _ left: Object, _ right: Object) throws(TemplateError) -> Object {
        // A format may take secrets out of a list or a mapping that is not secret itself.
        let isFormat = if case .string = left { operation == .modulo } else { false }
        guard isFormat || left.provenance.isSecret || right.provenance.isSecret else {
            return try left.applying(operation, right, self)
        }
        if case .string = left, operation == .add || operation == .modulo {
            let (result, provenance) = try spelling { () throws(TemplateError) in
                left.spell(in: self)
                right.spell(in: self)
                return try left.applying(operation, right, self)
            }
            return try result.concealed(as: provenance, self)
        }
        return try left.applying(operation, right, self).concealed(
            as: left.provenance.isSecret ? left.provenance : right.provenance, self)
    }

    func applyFilter(_ name: String, to input: Object, _ arguments: CallArguments) throws(TemplateError) -> Object {
        guard let filter = Filters.named(name) else {
            throw TemplateError(missing: .filter, name, among: Filters.names, line: 0, column: 0)
        }
        if case .undefined(let marker) = input, marker.isFailure { return input }
        if !filter.acceptsUndefined {
            if case .undefined(let marker) = input, !marker.isPlain { return input }
            if let marker = arguments.undefined { return .undefined(marker) }
        }
        do throws(TemplateError) {
            try pay(for: input)
            let result = try filtered(filter, name, input, arguments)
            try pay(for: result)
            // What a filter gives is a list where it could be iterated but once.
            if case .range = result { return .list(try result.items(self)) }
            return result
        } catch {
            guard error.kind == .undefined || error.kind == .other else { throw error }
            return .undefined(Undefined(.failure(error.prefixed("filter '\(name)': "))))
        }
    }

    /// What a filter makes of a secret is secret; what it puts secrets into, is searched for them (see `spelled`).
    private func filtered(
        _ filter: Operation, _ name: String, _ input: Object, _ arguments: CallArguments
    ) throws(TemplateError) -> Object {
        let given = arguments.secrecy
        let (result, provenance) = try spelling { () throws(TemplateError) in
            if given != nil, !Filters.handsOn(name) { spell(arguments) }
            return try filter.body(try filter.bind(name, input, arguments, self))
        }
        guard input.provenance.isSecret || given != nil || provenance.isSecret else { return result }
        if Filters.handsOn(name) {
            return input.provenance.isSecret ? result : try result.concealed(as: provenance, self)
        }
        if input.provenance.isSecret { return try result.concealed(as: input.provenance, self) }
        // A number that was made with a secret is no text that is searched for it.
        return try result.concealed(as: Number(result) == nil ? provenance : given ?? provenance, self)
    }

    func applyTest(_ name: String, to input: Object, _ arguments: CallArguments) throws(TemplateError) -> Bool {
        guard let test = TemplateTests.named(name) else {
            throw TemplateError(missing: .test, name, among: TemplateTests.names, line: 0, column: 0)
        }
        if case .undefined(let marker) = input, marker.isFailure { throw marker.error }
        if !test.acceptsUndefined {
            if case .undefined(let marker) = input, !marker.isPlain { throw marker.error }
            if let marker = arguments.undefined { throw marker.error }
        }
        do throws(TemplateError) {
            try pay(for: input)
            return try test.body(try test.bind(name, input, arguments, self)).isTrue(self)
        } catch {
            throw error.kind == .other ? error.prefixed("test '\(name)': ") : error
        }
    }
}

extension TemplateError {
    /// With the place of the expression that failed, unless an inner one is known.
    func placed(at position: Position) -> TemplateError {
        guard line == 0 else { return self }
        var error = self
        error.line = position.line
        error.column = position.column
        return error
    }
    func prefixed(_ prefix: String) -> TemplateError {
        guard kind == .other, !message.hasPrefix("filter '"), !message.hasPrefix("test '") else { return self }
        var error = self
        error.message = prefix + message
        return error
    }
}

/// Python's slices.
enum Slice {
    static func indices(_ count: Int, _ start: Int?, _ stop: Int?, _ step: Int?) throws(TemplateError) -> [Int] {
        let step = step ?? 1
        if step == 0 { throw .other("slice step cannot be zero") }
        func clamp(_ index: Int, low: Int, high: Int) -> Int {
            let position = index < 0 ? index + count : index
            return min(max(position, low), high)
        }
        // A longer step takes the first alone.
        let limited = min(max(step, -count - 1), count + 1)
        if step > 0 {
            let first = clamp(start ?? 0, low: 0, high: count)
            let last = clamp(stop ?? count, low: 0, high: count)
            return Array(stride(from: first, to: last, by: limited))
        }
        let first = start.map { clamp($0, low: -1, high: count - 1) } ?? count - 1
        let last = stop.map { clamp($0, low: -1, high: count - 1) } ?? -1
        return Array(stride(from: first, to: last, by: limited))
    }
}
