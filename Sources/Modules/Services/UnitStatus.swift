import YAML

/// What `systemctl show` tells of a unit.
struct UnitStatus: Sendable, Hashable {
    var properties: [String: String] = [:]

    static let names = [
        "Id", "Description", "LoadState", "ActiveState", "SubState", "UnitFileState", "FragmentPath", "MainPID",
        "Result", "ExecMainStatus", "Type", "NeedDaemonReload",
    ]

    /// Lines `Name=value`.
    init(_ output: some StringProtocol) {
        for line in output.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            properties[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
    }

    /// A unit without a file that a script of System V's makes, or an instance, is loaded, too.
    var exists: Bool {
        let load = properties["LoadState"] ?? "not-found"
        return load != "not-found" && !load.isEmpty
    }
    var isRunning: Bool { ["active", "activating", "reloading"].contains(properties["ActiveState"] ?? "") }
    var isStopping: Bool { properties["ActiveState"] == "deactivating" }
    var isMasked: Bool {
        (properties["UnitFileState"] ?? "").hasPrefix("masked") || properties["LoadState"] == "masked"
    }
    /// As `systemctl is-enabled` sees it, where indirect and alias count as not enabled.
    var isEnabled: Bool {
        ["enabled", "enabled-runtime", "static", "generated", "transient"].contains(properties["UnitFileState"] ?? "")
    }

    var registered: Value {
        var map = ValueMap()
        for name in Self.names { if let value = properties[name] { map[name] = .string(value) } }
        return .dict(map)
    }
}
