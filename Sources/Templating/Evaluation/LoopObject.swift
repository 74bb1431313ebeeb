/// `loop` inside of a `for`.
final class LoopObject: NativeObject {
    let items: [Object]
    var index = 0
    private let depth: Int
    private let recursion: (loop: Statement.Loop, frame: Frame)?
    private var lastChanged: [Object]?
    let level: Int

    init(_ items: [Object], depth: Int, recursion: (loop: Statement.Loop, frame: Frame)?) {
        self.items = items
        self.depth = depth
        self.recursion = recursion
        level = Object.level(of: items) + 1
    }

    var typeName: String { recursion == nil ? "LoopContext" : "RecursiveLoopContext" }
    var text: String { "<LoopContext \(index + 1)/\(items.count)>" }

    func attribute(_ name: String, _ context: RenderContext) -> Object? {
        switch name {
        case "index": .int(index + 1)
        case "index0": .int(index)
        case "revindex": .int(items.count - index)
        case "revindex0": .int(items.count - index - 1)
        case "first": .bool(index == 0)
        case "last": .bool(index == items.count - 1)
        case "length": .int(items.count)
        case "depth": .int(depth)
        case "depth0": .int(depth - 1)
        case "previtem": index > 0 ? items[index - 1] : .undefined(Undefined(.hint("there is no previous item")))
        case "nextitem":
            index + 1 < items.count ? items[index + 1] : .undefined(Undefined(.hint("there is no next item")))
        case "cycle":
            .native(
                FunctionObject("cycle", typeName: "method", level: level) {
                    [index] arguments, _ throws(TemplateError) in
                    guard !arguments.positional.isEmpty else { throw .other("no items for cycling given") }
                    return arguments.positional[index % arguments.positional.count]
                })
        case "changed":
            .native(
                FunctionObject("changed", typeName: "method", level: level) {
                    [self] arguments, context throws(TemplateError) in
                    if let last = lastChanged, try Object.tuple(last).isEqual(.tuple(arguments.positional), context) {
                        return .bool(false)
                    }
                    // It may be the loop itself; what is deep is no text or number that changes from item to item.
                    guard Object.level(of: arguments.positional) < 64 else { throw .tooDeep }
                    lastChanged = arguments.positional
                    return .bool(true)
                })
        default: nil
        }
    }

    /// `loop(children)` of a recursive loop.
    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        guard let recursion else { throw .other("the loop is not recursive; write 'for … recursive' to call it") }
        guard let sequence = arguments.positional.first else { throw .other("loop() needs the items to loop over") }
        return try context.nested { () throws(TemplateError) in
            var output = Output()
            try context.run(recursion.loop, over: sequence, recursion.frame, depth: depth + 1, &output)
            return .string(try output.text(context))
        }
    }
}

/// `namespace()`: what `set` can write to from inside of a loop.
final class NamespaceObject: NativeObject {
    var values: [String: Object] = [:]
    var typeName: String { "Namespace" }
    func attribute(_ name: String, _ context: RenderContext) -> Object? { values[name] }
}

/// `cycler('a', 'b')`.
final class CyclerObject: NativeObject {
    private let items: [Object]
    private var position = 0
    var level: Int { Object.level(of: items) }
    init(_ items: [Object]) { self.items = items }
    var typeName: String { "Cycler" }
    func attribute(_ name: String, _ context: RenderContext) -> Object? {
        switch name {
        case "current": items[position]
        case "next":
            .native(
                FunctionObject("next", typeName: "method", level: level) { [self] _, _ throws(TemplateError) in
                    defer { position = (position + 1) % items.count }
                    return items[position]
                })
        case "reset":
            .native(
                FunctionObject("reset", typeName: "method", level: level) { [self] _, _ throws(TemplateError) in
                    position = 0
                    return .none
                })
        default: nil
        }
    }
}

/// `joiner(', ')`: empty the first time, then the separator.
final class JoinerObject: NativeObject {
    private let separator: Object
    private var isUsed = false
    var level: Int { separator.level + 1 }
    init(_ separator: Object) { self.separator = separator }
    var typeName: String { "Joiner" }
    func call(_ arguments: CallArguments, _ context: RenderContext) -> Object {
        defer { isUsed = true }
        return isUsed ? separator : .string("")
    }
}
