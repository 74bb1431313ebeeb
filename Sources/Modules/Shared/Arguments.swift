import YAML

/// Typed reading of bound arguments. An argument of another kind than asked for reads as not given; the binder has seen
/// to it that there is none.
struct Arguments {
    let map: ValueMap
    init(_ map: ValueMap) { self.map = map }

    /// With another value for one of them.
    func with(_ name: String, _ value: Value) -> Arguments {
        var map = map
        map[name] = value
        return Arguments(map)
    }

    func string(_ name: String) -> String? { map[name]?.string }
    func bool(_ name: String) -> Bool { map[name]?.bool ?? false }
    func optionalBool(_ name: String) -> Bool? { map[name]?.bool }
    func int(_ name: String) -> Int? { map[name]?.int }
    func strings(_ name: String) -> [String]? { map[name]?.list.map { $0.compactMap(\.string) } }
    func map(_ name: String) -> ValueMap? { map[name]?.map }

    func required(_ name: String) throws -> String {
        guard let text = string(name) else { throw ModuleFailure("missing required arguments: \(name)") }
        return text
    }

    /// A path on the host or on the controller.
    /// - Throws: when it holds a NUL, which no path can.
    func path(_ name: String) throws -> String? {
        guard let text = string(name) else { return nil }
        guard !text.utf8.contains(0) else { throw ModuleFailure("the path in '\(name)' holds a NUL character") }
        return text
    }
    func requiredPath(_ name: String) throws -> String {
        guard let path = try path(name) else { throw ModuleFailure("missing required arguments: \(name)") }
        return path
    }
}
