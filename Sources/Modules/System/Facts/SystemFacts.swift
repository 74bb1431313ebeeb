import YAML

/// Distribution, kernel, user, time, and who manages packages and services.
enum SystemFacts {
    static func facts(_ report: FactReport) -> ValueMap {
        var facts = ValueMap()
        func set(_ name: String, _ text: String) { facts[name] = .string(text) }

        let kernel = report["kernel"].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        func part(_ index: Int) -> String { index < kernel.count ? kernel[index] : "" }
        set("system", part(0).isEmpty ? "Linux" : part(0))
        set("kernel", part(1))
        set("kernel_version", part(2))
        let node = part(3)
        set("nodename", node)
        set("hostname", node.split(separator: ".").first.map(String.init) ?? node)
        let full = report.line("fqdn").isEmpty ? node : report.line("fqdn")
        set("fqdn", full)
        set("domain", full.firstIndex(of: ".").map { String(full[full.index(after: $0)...]) } ?? "")
        let machine = report.line("machine")
        set("machine", machine)
        set("architecture", ["i486": "i386", "i586": "i386", "i686": "i386"][machine] ?? machine)
        set("userspace_architecture", machine)
        facts["userspace_bits"] = .string(machine.contains("64") || machine == "s390x" ? "64" : "32")
        set("machine_id", report.line("machine_id"))
        if let seconds = Double(report.line("uptime").prefix { $0 != " " }).flatMap({
            Int(exactly: $0.rounded(.towardZero))
        }) {
            facts["uptime_seconds"] = .int(seconds)
        }
        set("boot_id", report.line("boot_id"))

        facts.merge(distribution(report))
        facts.merge(user(report))
        facts.merge(["date_time": date(report)])
        facts["env"] = .dict(environment(report["env"]))
        facts["cmdline"] = .dict(commandLine(report.line("cmdline")))
        facts["proc_cmdline"] = facts["cmdline"]
        set("service_mgr", serviceManager(report.lines("init").map(String.init)))
        set("pkg_mgr", packageManager(report.lines("packagers").map(String.init)))
        let enforcing = report.line("selinux")
        facts["selinux"] = .dict([
            "status": .string(enforcing.isEmpty ? "disabled" : "enabled"),
            "mode": .string(enforcing == "1" ? "enforcing" : enforcing == "0" ? "permissive" : "disabled"),
        ])
        facts["apparmor"] = .dict(["status": .string(report.line("apparmor") == "enabled" ? "enabled" : "disabled")])
        facts["dns"] = .dict(resolver(report["resolv"]))
        for line in report.lines("hostkeys") {
            let words = line.split(separator: " ")
            guard words.count >= 2 else { continue }
            let kind = words[0].replacing("ssh-", with: "").replacing("-sha2-nistp256", with: "").replacing(
                "-sha2-nistp384", with: ""
            ).replacing("-sha2-nistp521", with: "")
            set("ssh_host_key_\(kind)_public", String(words[1]))
            set("ssh_host_key_\(kind)_public_keytype", String(words[0]))
        }
        var local = ValueMap()
        for (name, text) in report.local {
            local[name] = (try? JSON.parse(Array(text.utf8))) ?? .string(Lines.withoutEmptyEnd(text))
        }
        facts["local"] = .dict(local)
        return facts
    }

    /// `NAME="value"` lines, as os-release has them.
    static func assignments(_ text: String) -> [String: String] {
        var map: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { continue }
            let value = String(line[line.index(after: equals)...])
            map[String(line[..<equals])] = (try? CommandLine.split(value))?.first ?? value
        }
        return map
    }

    private static let names = [
        "debian": "Debian", "ubuntu": "Ubuntu", "rhel": "RedHat", "centos": "CentOS", "rocky": "Rocky",
        "almalinux": "AlmaLinux", "fedora": "Fedora", "ol": "OracleLinux",
        "amzn": "Amazon", "opensuse-leap": "openSUSE Leap", "opensuse-tumbleweed": "openSUSE Tumbleweed",
        "sles": "SLES", "alpine": "Alpine", "arch": "Archlinux",
        "linuxmint": "Linux Mint", "raspbian": "Debian", "pop": "Pop!_OS", "gentoo": "Gentoo", "kali": "Kali",
    ]
    private static let families: [(members: Set<String>, family: String)] = [
        (["debian", "ubuntu", "linuxmint", "raspbian", "pop", "kali"], "Debian"),
        (["rhel", "centos", "rocky", "almalinux", "fedora", "ol", "amzn"], "RedHat"),
        (["opensuse-leap", "opensuse-tumbleweed", "sles", "suse", "opensuse"], "Suse"),
        (["alpine"], "Alpine"), (["arch"], "Archlinux"), (["gentoo"], "Gentoo"),
    ]

    static func distribution(_ report: FactReport) -> ValueMap {
        let release = assignments(report["os-release"])
        let id = release["ID"] ?? "linux"
        var version = release["VERSION_ID"] ?? "NA"
        let major = version.split(separator: ".").first.map(String.init) ?? version
        // Debian's own file says the point release, which os-release leaves out.
        let precise = report.line("debian_version")
        if id == "debian", precise.first?.isNumber == true { version = precise }
        let minor = version.split(separator: ".").dropFirst().first.map(String.init)
        let kin = [id] + (release["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
        let family = kin.lazy.compactMap { name in families.first { $0.members.contains(name) }?.family }.first
        var facts: ValueMap = [
            "distribution": .string(names[id] ?? release["NAME"] ?? id), "distribution_version": .string(version),
            "distribution_major_version": .string(major),
            "distribution_release": .string(release["VERSION_CODENAME"] ?? "NA"),
            "os_family": .string(family ?? names[id] ?? id), "distribution_file_path": .string("/etc/os-release"),
            "distribution_file_parsed": .bool(true),
        ]
        if let minor { facts["distribution_minor_version"] = .string(minor) }
        facts["lsb"] = .dict([
            "id": .string(names[id] ?? id), "codename": .string(release["VERSION_CODENAME"] ?? ""),
            "release": .string(version),
            "major_release": .string(major), "description": .string(release["PRETTY_NAME"] ?? ""),
        ])
        return facts
    }

    static func user(_ report: FactReport) -> ValueMap {
        let lines = report["user"].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 3, let uid = Int(lines[1]), let gid = Int(lines[2]) else { return [:] }
        let entry =
            lines.count > 3 ? lines[3].split(separator: ":", omittingEmptySubsequences: false).map(String.init) : []
        func field(_ index: Int) -> Value { .string(index < entry.count ? entry[index] : "") }
        return [
            "user_id": .string(lines[0]), "user_uid": .int(uid), "user_gid": .int(gid), "user_gecos": field(4),
            "user_dir": field(5), "user_shell": field(6),
            "real_user_id": .int(uid), "effective_user_id": .int(uid), "real_group_id": .int(gid),
            "effective_group_id": .int(gid),
        ]
    }

    static func date(_ report: FactReport) -> Value {
        let lines = report.lines("date")
        guard lines.count == 2 else { return .dict([:]) }
        let f = lines[0].split(separator: "|", omittingEmptySubsequences: false).map { Value.string(String($0)) }
        guard f.count == 12 else { return .dict([:]) }
        func text(_ index: Int) -> String { f[index].string ?? "" }
        let day = "\(text(0))-\(text(1))-\(text(2))"
        let time = "\(text(3)):\(text(4)):\(text(5))"
        return .dict([
            "year": f[0], "month": f[1], "day": f[2], "hour": f[3], "minute": f[4], "second": f[5], "epoch": f[6],
            "epoch_int": f[6], "weekday": f[7], "weekday_number": f[8],
            "weeknumber": f[9], "tz": f[10], "tz_offset": f[11], "date": .string(day), "time": .string(time),
            "iso8601": .string(String(lines[1])),
            "iso8601_basic": .string("\(text(0))\(text(1))\(text(2))T\(text(3))\(text(4))\(text(5))"),
            "iso8601_basic_short": .string("\(text(0))\(text(1))\(text(2))T\(text(3))\(text(4))\(text(5))"),
        ])
    }

    /// A value with line ends goes on in lines that are no assignment.
    static func environment(_ text: String) -> ValueMap {
        var map = ValueMap()
        var last: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let equals = line.firstIndex(of: "="), equals > line.startIndex,
                line[..<equals].allSatisfy({ $0 == "_" || $0.isLetter || $0.isNumber })
            {
                let name = String(line[..<equals])
                map[name] = .string(String(line[line.index(after: equals)...]))
                last = name
            } else if let name = last, !line.isEmpty, let before = map[name]?.string {
                map[name] = .string(before + "\n" + line)
            }
        }
        return map
    }

    static func commandLine(_ text: String) -> ValueMap {
        var map = ValueMap()
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard let name = parts.first else { continue }
            map[String(name)] = parts.count == 2 ? .string(String(parts[1])) : .bool(true)
        }
        return map
    }

    static func serviceManager(_ lines: [String]) -> String {
        if lines.contains("systemd") { return "systemd" }
        if lines.contains(where: { $0.hasSuffix("openrc-run") }) { return "openrc" }
        return lines.first == "init" || lines.isEmpty ? "sysvinit" : lines[0]
    }

    static func packageManager(_ paths: [String]) -> String {
        guard let name = paths.first.map(Path.name) else { return "unknown" }
        return name == "apt-get" ? "apt" : name
    }

    static func resolver(_ text: String) -> ValueMap {
        var servers: [Value] = []
        var search: [Value] = []
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 1 else { continue }
            switch words[0] {
            case "nameserver": servers.append(.string(String(words[1])))
            case "search": search = words.dropFirst().map { .string(String($0)) }
            default: continue
            }
        }
        var map = ValueMap()
        if !servers.isEmpty { map["nameservers"] = .list(servers) }
        if !search.isEmpty { map["search"] = .list(search) }
        return map
    }
}
