import Glibc
import Playbook
import Remote
import Templating
import YAML

/// Waits until a port answers or stops, a file appears or goes, a text can be read there, or until connections have
/// ended.
struct WaitFor: Module {
    static let states = ["absent", "drained", "present", "started", "stopped"]
    static let spec = ModuleSpec(
        "wait_for", summary: "Waits for a port, a file, a text, or the end of connections.",
        options: [
            .init("host", .string, default: .string("127.0.0.1"), help: "Address of the port, as the host sees it."),
            .init("port", .int, help: "The TCP port."),
            .init("path", .path, help: "The file."),
            .init(
                "state", .string, choices: states, default: .string("started"),
                help: "started and present, stopped and absent, or drained: no connection is active."),
            .init("search_regex", .string, help: "Wait until this is found in the file, or in what the port says."),
            .init(
                "timeout", .int, default: .int(300),
                help: "Seconds to wait at most; without a port or path the time to wait."),
            .init("connect_timeout", .int, default: .int(5), help: "Seconds that a connection may take."),
            .init("delay", .int, default: .int(0), help: "Seconds before the first look."),
            .init("sleep", .int, default: .int(1), help: "Seconds between looks."),
            .init(
                "active_connection_states", .list,
                default: .list(
                    ["ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "SYN_RECV", "SYN_SENT", "TIME_WAIT"].map { .string($0) }),
                help: "What drained counts as active."),
            .init("exclude_hosts", .list, help: "Addresses whose connections drained does not count."),
            .init("msg", .string, help: "What to say when it took too long."),
        ], mutuallyExclusive: [["port", "path"]])
    static let reference = ModuleReference(
        notes: "Ports are tried from the host, by its bash or its nc.",
        example: """
            - wait_for:
                port: 8188
                timeout: 120
            """,
        returns: [
            .init("elapsed", "Seconds that were waited."),
            .init("state", "What was waited for; of a path, what is there."),
            .init("port", "The port."),
            .init("path", "The file."),
            .init("search_regex", "The regular expression."),
            .init("match_groups", "What its groups found."),
            .init("match_groupdict", "What its named groups found."),
        ])

    private let arguments: Arguments
    private let path: String?
    private let port: Int?
    private let address: String
    private let state: String
    private let expression: PythonRegex?

    /// A file is searched in its last bytes: what is waited for comes last.
    private static let searchedBytes = 16 << 20

    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        path = try self.arguments.path("path")
        port = self.arguments.int("port")
        address = try self.arguments.required("host")
        state = try self.arguments.required("state")
        expression = try self.arguments.string("search_regex").map { try TextEdit.expression($0, [.multiline]) }
        if path != nil, state == "stopped" || state == "drained" {
            throw ModuleFailure("state=\(state) should only be used for checking a port in the wait_for module")
        }
        if state != "drained", self.arguments.strings("exclude_hosts") != nil {
            throw ModuleFailure("exclude_hosts should only be with state=drained")
        }
        if state == "drained", port == nil { throw ModuleFailure("state=drained needs a port") }
        if let port, !(1...65_535).contains(port) { throw ModuleFailure("\(port) is not a port") }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        guard !host.checkMode else {
            result.skipped = true
            result.message = "remote module (wait_for) does not support check mode"
            return result
        }
        let clock = ContinuousClock()
        let started = clock.now
        func elapsed() -> Value { .int(Int((clock.now - started).components.seconds)) }
        let path: String? = if let path { try await host.resolve(path) } else { nil }
        try await host.pause(for: .seconds(arguments.int("delay") ?? 0))
        let end = clock.now + .seconds(arguments.int("timeout") ?? 300)
        var match: PythonRegex.Match?
        if path == nil, port == nil {
            try await Task.sleep(until: end, clock: clock)
        } else {
            while true {
                let seen = try await look(path, on: host)
                match = seen.match
                if seen.isDone { break }
                if clock.now >= end {
                    throw ModuleFailure(arguments.string("msg") ?? complaint(path), ["elapsed": elapsed()])
                }
                try await host.pause(for: min(.seconds(max(1, arguments.int("sleep") ?? 1)), end - clock.now))
            }
        }
        result.values = [
            "state": .string(state), "port": port.map { .int($0) } ?? .null,
            "search_regex": arguments.string("search_regex").map { .string($0) } ?? .null,
            "match_groups": .list((match?.groups.dropFirst() ?? []).map { $0.map { .string($0) } ?? .null }),
            "path": path.map { .string($0) } ?? .null, "elapsed": elapsed(),
        ]
        var named = ValueMap()
        if let match {
            for (name, index) in expression?.groupNames ?? [:] {
                named[name] = match.groups[index].map { .string($0) } ?? .null
            }
        }
        result.values["match_groupdict"] = .dict(named)
        if let path {
            let status = try await host.observe("cf_stat \(path)").records.first.flatMap { PathStatus(record: $0) }
            if let own = status?.own {
                result.values.merge(own.registered)
            } else {
                result.values["state"] = .string("absent")
            }
        }
        return result
    }

    /// As Ansible words it.
    private func complaint(_ path: String?) -> String {
        let what = path ?? "\(address):\(port ?? 0)"
        switch state {
        case "drained": return "Timeout when waiting for \(what) to drain"
        case "absent", "stopped":
            return path == nil
                ? "Timeout when waiting for \(what) to stop." : "Timeout when waiting for \(what) to be absent."
        default:
            if let text = arguments.string("search_regex") {
                return "Timeout when waiting for search string \(text) in \(what)"
            }
            return "Timeout when waiting for \(path == nil ? "" : "file ")\(what)"
        }
    }

    private func look(_ path: String?, on host: ManagedHost) async throws -> (isDone: Bool, match: PythonRegex.Match?) {
        let wantsAbsence = state == "absent" || state == "stopped"
        if state == "drained" { return (try await !hasConnections(on: host), nil) }
        let script: ShellScript =
            if let path {
                expression == nil || wantsAbsence
                    ? "[ -e \(path) ]" : "[ -f \(path) ] && tail -c \(unquotedNumber: Self.searchedBytes) -- \(path)"
            } else {
                connecting
            }
        let answer = try await host.observe(script)
        if answer.status == Self.noTool {
            throw ModuleFailure("this host has neither bash nor nc, by which a port could be tried")
        }
        if wantsAbsence { return (answer.status != 0, nil) }
        guard answer.status == 0 else { return (false, nil) }
        guard let expression else { return (true, nil) }
        let match = try expression.firstMatch(in: answer.output)
        return (match != nil, match)
    }

    private static let noTool: Int32 = 90

    /// Connects, and reads what the port says when a text is looked for. Status 0: it was open.
    private var connecting: ShellScript {
        let seconds = max(1, arguments.int("connect_timeout") ?? 5)
        let reads = expression != nil && state != "absent" && state != "stopped"
        // What has been read when the time is over counts.
        let program =
            "exec 3<>\"/dev/tcp/$1/$2\" || exit 1; "
            + (reads ? "timeout \(seconds) head -c 65536 <&3; exit 0" : "exit 0")
        let other: ShellScript =
            reads
            ? "timeout \(unquotedNumber: seconds) nc \(address) \(unquotedNumber: port ?? 0) </dev/null"
            : "nc -z -w \(unquotedNumber: seconds) \(address) \(unquotedNumber: port ?? 0)"
        return """
            if command -v bash >/dev/null; then timeout \(unquotedNumber: reads ? seconds * 2 : seconds) bash -c \(program) bash \(address) \(unquotedNumber: port ?? 0) 2>/dev/null
            elif command -v nc >/dev/null; then \(shell: other) 2>/dev/null
            else exit \(unquotedNumber: Self.noTool)
            fi
            """
    }

    // MARK: Connections

    /// Numbers of the kernel's table.
    private static let numbers = [
        "ESTABLISHED": 1, "SYN_SENT": 2, "SYN_RECV": 3, "FIN_WAIT1": 4, "FIN_WAIT2": 5, "TIME_WAIT": 6,
    ]

    private func hasConnections(on host: ManagedHost) async throws -> Bool {
        let active = Set((arguments.strings("active_connection_states") ?? []).compactMap { Self.numbers[$0] })
        let excluded = Set(arguments.strings("exclude_hosts") ?? [])
        let table = try await host.observe("cat /proc/net/tcp; cat /proc/net/tcp6 2>/dev/null; :").output
        return table.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            guard fields.count > 3, let local = Self.endpoint(fields[1]), let remote = Self.endpoint(fields[2]),
                let number = Int(fields[3], radix: 16)
            else { return false }
            guard local.port == port, active.contains(number), !excluded.contains(remote.address) else { return false }
            return address == "0.0.0.0" || address == "::" || local.address == address
        }
    }

    /// `0100007F:1F90` is 127.0.0.1, port 8080: words of four bytes, each the other way round. An IPv4 address within
    /// IPv6 is the former.
    static func endpoint(_ text: some StringProtocol) -> (address: String, port: Int)? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1], radix: 16), parts[0].count == 8 || parts[0].count == 32 else {
            return nil
        }
        var bytes: [UInt8] = []
        var digits = parts[0][...]
        while !digits.isEmpty {
            guard let word = UInt32(digits.prefix(8), radix: 16) else { return nil }
            bytes += [UInt8(word & 0xFF), UInt8(word >> 8 & 0xFF), UInt8(word >> 16 & 0xFF), UInt8(word >> 24)]
            digits = digits.dropFirst(8)
        }
        if bytes.count == 16, bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] { bytes.removeFirst(12) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return nil
        }
        return (String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), port)
    }
}
