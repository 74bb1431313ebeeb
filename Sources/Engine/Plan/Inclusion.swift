import Playbook
import YAML

/// What a host's include asks for: a file of tasks or a role, once for each item of the include's loop.
package struct Inclusion: Sendable, Hashable {
    package enum Source: Sendable, Hashable {
        /// `named`: what the include calls it.
        case file(String, named: String = "")
        /// `from`: `tasks`, `vars`, `defaults` and `handlers` to names of files.
        /// `validates`: whether the role's arguments are checked where it describes them.
        /// `isPublic`: whether the play sees what the role sets.
        /// `allowsDuplicates`: whether a host does it again that has done the same.
        case role(
            name: String, from: [String: String], validates: Bool, isPublic: Bool = false, allowsDuplicates: Bool = true
        )
    }
    package var source: Source
    /// The item's number; each is a passage of its own.
    package var item: Int
    /// The loop's variables, which the included tasks see.
    package var locals: ValueMap

    package init(_ source: Source, item: Int = 0, locals: ValueMap = [:]) {
        self.source = source
        self.item = item
        self.locals = locals
    }
}

/// An inclusion whose tasks have been read.
package struct Included: Sendable {
    package var inclusion: Inclusion
    package var steps: [Step]
    package var handlers: [TaskDefinition]

    package init(_ inclusion: Inclusion, steps: [Step], handlers: [TaskDefinition] = []) {
        self.inclusion = inclusion
        self.steps = steps
        self.handlers = handlers
    }
}

// MARK: In the journal

extension Inclusion {
    var value: Value {
        var map: ValueMap = ["item": .int(item), "locals": .dict(locals)]
        switch source {
        case .file(let path, let name):
            map["file"] = .string(path)
            map["named"] = .string(name)
        case .role(let name, let from, let validates, let isPublic, let allowsDuplicates):
            map["role"] = .string(name)
            map["validates"] = .bool(validates)
            map["public"] = .bool(isPublic)
            map["allow_duplicates"] = .bool(allowsDuplicates)
            map["from"] = .dict(
                ValueMap(from.sorted { $0.key < $1.key }.reduce(into: [:]) { $0[.string($1.key)] = .string($1.value) }))
        }
        return .dict(map)
    }

    init?(_ value: Value) {
        guard let map = value.map, let item = map["item"]?.int, let locals = map["locals"]?.map else { return nil }
        if let path = map["file"]?.string {
            self.init(.file(path, named: map["named"]?.string ?? ""), item: item, locals: locals)
            return
        }
        guard let name = map["role"]?.string else { return nil }
        var from: [String: String] = [:]
        for (key, file) in map["from"]?.map?.pairs ?? [:] { if let key = key.string { from[key] = file.string } }
        self.init(
            .role(
                name: name, from: from, validates: map["validates"]?.bool ?? true,
                isPublic: map["public"]?.bool ?? false, allowsDuplicates: map["allow_duplicates"]?.bool ?? true),
            item: item, locals: locals)
    }
}
