/// `modification_time` and `access_time` of the file module.
struct FileTimes: Sendable {
    enum Wish: Sendable { case preserve, now, at(String) }
    let modified: Wish, accessed: Wish

    init(_ arguments: Arguments, isTouch: Bool) throws {
        func wish(_ name: String) throws -> Wish {
            switch arguments.string(name) ?? (isTouch ? "now" : "preserve") {
            case "preserve": return .preserve
            case "now": return .now
            case let text:
                // touch -t takes the default format as it is; others would need the host's date(1) to understand them.
                guard arguments.string(name + "_format") == "%Y%m%d%H%M.%S" else {
                    throw ModuleFailure("\(name)_format other than %Y%m%d%H%M.%S is not supported")
                }
                guard text.count == 15, text.dropLast(3).allSatisfy(\.isNumber), text.hasSuffix(text.suffix(2)), text.dropLast(2).hasSuffix(".") else {
                    throw ModuleFailure("Error while obtaining timestamp for time \(text) using format %Y%m%d%H%M.%S")
                }
                return .at(text)
            }
        }
        modified = try wish("modification_time")
        accessed = try wish("access_time")
    }

    var mayChange: Bool {
        if case .preserve = modified, case .preserve = accessed { false } else { true }
    }

    /// Sets the times; nil when they stay. Whether a given time is there already is asked of the host, whose time zone counts.
    func script(_ path: String, _ status: FileStatus) -> ShellScript? {
        func part(_ wish: Wish, _ flag: ShellScript) -> ShellScript {
            switch wish {
            case .preserve: ""
            case .now: "touch -c \(shell: flag) -- \(path) || exit\n"
            case .at(let time): "touch -c \(shell: flag) -t \(time) -- \(path) || exit\n"
            }
        }
        guard mayChange else { return nil }
        return part(modified, "-m") + part(accessed, "-a")
    }
}
