import OrderedCollections
import YAML

/// A list that is shared by reference. One that stands for a variable's value reads from that value until somebody
/// needs it as a whole,
/// so that touching one element of a large variable costs one element.
final class ListObject {
    private enum Storage {
        case items([Object])
        case variable([Value])
    }
    private var storage: Storage
    /// At most what `Object.level` says. What a variable holds is as deep as files are allowed to be.
    private(set) var level = 1
    /// No item of it is a template that waits to be rendered.
    private var isRendered = false

    init(_ items: [Object]) {
        storage = .items(items)
        level = Object.level(of: items)
    }
    init(_ items: [Value]) { storage = .variable(items) }

    var count: Int {
        switch storage {
        case .items(let items): items.count
        case .variable(let items): items.count
        }
    }

    /// Nothing of it has been read yet: Ansible's lazy list counts no item then (see `ListMethods`).
    var isUnread: Bool { if case .variable = storage { true } else { false } }

    /// All items; an undefined one is in it as it is.
    func items(_ context: RenderContext) throws(TemplateError) -> [Object] {
        var result: [Object] = []
        switch storage {
        case .items(let items):
            if isRendered { return items }
            result = items
        case .variable(let values):
            result.reserveCapacity(values.count)
            for value in values { result.append(Object(value)) }
        }
        var changed = false
        for index in result.indices {
            if case .deferred(let text, let provenance) = result[index] {
                result[index] = try context.renderDeferred(text, provenance)
                changed = true
            }
        }
        if changed { storage = .items(result) } else if case .variable = storage { storage = .items(result) }
        isRendered = true
        return result
    }

    func item(_ index: Int, _ context: RenderContext) throws(TemplateError) -> Object {
        switch storage {
        case .items(let items):
            if case .deferred(let text, let provenance) = items[index] {
                let value = try context.renderDeferred(text, provenance)
                replace(at: index, with: value)
                return value
            }
            return items[index]
        case .variable(let values):
            let object = Object(values[index])
            if case .deferred = object {} else if !values[index].isContainer { return object }
            materialize()
            return try item(index, context)
        }
    }

    private func materialize() {
        if case .variable(let values) = storage { storage = .items(values.map { Object($0) }) }
    }
    private func replace(at index: Int, with value: Object) {
        guard case .items(var items) = storage else { return }
        storage = .items([])
        items[index] = value
        storage = .items(items)
    }

    /// For methods that change the list. What it costs beside the change depends on what is added, not on what is
    /// there: loops append to lists.
    func modify<Result>(
        _ context: RenderContext, adding added: [Object] = [],
        _ change: (inout [Object]) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        var all = try items(context)
        storage = .items([])
        context.keep(self)
        defer {
            level = all.isEmpty ? 1 : max(level, Object.level(of: added))
            if added.contains(where: { if case .deferred = $0 { true } else { false } }) { isRendered = false }
            storage = .items(all)
        }
        return try change(&all)
    }

    func removeAll() { storage = .items([]) }
}

/// A dictionary that is shared by reference, in order of insertion; see `ListObject`.
final class DictObject {
    private enum Storage {
        case pairs(OrderedDictionary<Key, Object>)
        /// `read` holds what was read so far: a rendered value is not rendered twice, and a container stays the same
        /// object.
        case variable(ValueMap, read: [String: Object])
    }
    private var storage: Storage
    /// As a list's.
    private(set) var level = 1

    init(_ pairs: OrderedDictionary<Key, Object> = [:]) {
        storage = .pairs(pairs)
        level = Object.level(of: Array(pairs.values))
    }
    init(_ map: ValueMap) { storage = .variable(map, read: [:]) }

    var count: Int {
        switch storage {
        case .pairs(let pairs): pairs.count
        case .variable(let map, _): map.count
        }
    }

    /// The keys, in order.
    var keys: [Object] {
        switch storage {
        case .pairs(let pairs): pairs.keys.map(\.object)
        case .variable(let map, _): map.pairs.keys.map { Object($0) }
        }
    }

    /// The value of a key that is a string.
    func value(_ name: String, _ context: RenderContext) throws(TemplateError) -> Object? {
        guard case .variable(let map, let read) = storage else { return try value(Key(.string(name)), context) }
        if let known = read[name] { return known }
        guard let value = map[name] else { return nil }
        var object = Object(value)
        if case .deferred(let text, let provenance) = object {
            object = try context.renderDeferred(text, provenance)
        } else if !value.isContainer {
            return object
        }
        if case .variable(let map, var read) = storage {
            storage = .pairs([:])
            read[name] = object
            storage = .variable(map, read: read)
        }
        return object
    }

    func value(_ key: Key, _ context: RenderContext) throws(TemplateError) -> Object? {
        if case .string(let name, _) = key.object, case .variable = storage { return try value(name, context) }
        materialize()
        guard case .pairs(let pairs) = storage, let value = pairs[key] else { return nil }
        if case .deferred(let text, let provenance) = value {
            let rendered = try context.renderDeferred(text, provenance)
            set(key, rendered)
            return rendered
        }
        return value
    }

    func contains(_ key: Object) -> Bool {
        if case .variable(let map, _) = storage, case .string(let name, _) = key { return map[name] != nil }
        materialize()
        guard case .pairs(let pairs) = storage, let key = Key(checking: key) else { return false }
        return pairs[key] != nil
    }

    /// All pairs; an undefined value is in it as it is.
    func pairs(_ context: RenderContext) throws(TemplateError) -> OrderedDictionary<Key, Object> {
        materialize()
        try context.step(count)
        guard case .pairs(var pairs) = storage else { return [:] }
        var changed = false
        for index in pairs.values.indices {
            if case .deferred(let text, let provenance) = pairs.values[index] {
                pairs.values[index] = try context.renderDeferred(text, provenance)
                changed = true
            }
        }
        if changed { storage = .pairs(pairs) }
        return pairs
    }

    func set(_ key: Key, _ value: Object) {
        materialize()
        guard case .pairs(var pairs) = storage else { return }
        storage = .pairs([:])
        pairs[key] = value
        storage = .pairs(pairs)
        level = max(level, value.level + 1)
    }

    func removeValue(_ key: Key) {
        materialize()
        guard case .pairs(var pairs) = storage else { return }
        storage = .pairs([:])
        pairs.removeValue(forKey: key)
        storage = .pairs(pairs)
    }

    func removeAll() { storage = .pairs([:]) }

    private func materialize() {
        guard case .variable(let map, let read) = storage else { return }
        var pairs = OrderedDictionary<Key, Object>(minimumCapacity: map.count)
        for (key, value) in map.pairs {
            if let name = key.string, let known = read[name] {
                pairs[Key(.string(name))] = known
            } else {
                pairs[Key(Object(key))] = Object(value)
            }
        }
        storage = .pairs(pairs)
    }
}

extension Value {
    var isContainer: Bool {
        switch self {
        case .list, .dict, .set: true
        default: false
        }
    }
}
