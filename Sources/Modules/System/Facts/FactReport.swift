/// The raw answers of a host to `setup`'s one script: named sections, each text of a file or output of a tool.
struct FactReport: Sendable {
    private var sections: [String: String] = [:]

    /// An empty text for what the host does not have.
    subscript(name: String) -> String { sections[name] ?? "" }
    /// First line.
    func line(_ name: String) -> String {
        self[name].split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    }
    func lines(_ name: String) -> [Substring] { self[name].split(separator: "\n") }

    /// Records `name\ntext`, each ended by a NUL; nil when the answer is cut short.
    init?(_ bytes: [UInt8]) {
        for record in bytes.split(separator: 0) {
            let text = String(decoding: record, as: UTF8.self)
            guard let end = text.firstIndex(of: "\n") else { continue }
            sections[String(text[..<end])] = String(text[text.index(after: end)...])
        }
        guard sections["end"] != nil else { return nil }
    }

    private struct Section {
        let subset: FactSubset
        let name: String
        let script: ShellScript
        init(_ subset: FactSubset, _ name: String, _ script: ShellScript) {
            self.subset = subset
            self.name = name
            self.script = script
        }
    }

    private static let sections: [Section] = [
        Section(.min, "os-release", "cat /etc/os-release || cat /usr/lib/os-release"),
        Section(.min, "debian_version", "cat /etc/debian_version"),
        Section(.min, "redhat-release", "cat /etc/redhat-release"),
        Section(.min, "kernel", "for f in ostype osrelease version hostname; do cat /proc/sys/kernel/$f || echo; done"),
        Section(.min, "machine", "uname -m"),
        Section(.min, "fqdn", "hostname -f || hostname"),
        Section(.min, "uptime", "cat /proc/uptime"),
        Section(.min, "boot_id", "cat /proc/sys/kernel/random/boot_id"),
        Section(.min, "machine_id", "cat /etc/machine-id || cat /var/lib/dbus/machine-id"),
        Section(.min, "cmdline", "cat /proc/cmdline"),
        Section(.min, "user", "id -un; id -u; id -g; getent passwd \"$(id -un)\" || grep \"^$(id -un):\" /etc/passwd"),
        Section(.min, "env", "env"),
        Section(.min, "date", "date '+%Y|%m|%d|%H|%M|%S|%s|%A|%w|%W|%Z|%z'; date -u '+%Y-%m-%dT%H:%M:%SZ'"),
        Section(.min, "init", "[ -d /run/systemd/system ] && echo systemd; cat /proc/1/comm; command -v openrc-run"),
        Section(.min, "packagers", "for f in apt-get dnf yum zypper apk pacman opkg; do command -v $f; done"),
        Section(.min, "selinux", "[ -d /sys/fs/selinux ] && cat /sys/fs/selinux/enforce"),
        Section(.min, "apparmor", "[ -d /sys/kernel/security/apparmor ] && echo enabled"),
        Section(.min, "resolv", "cat /etc/resolv.conf"),
        Section(.min, "hostkeys", "for f in /etc/ssh/ssh_host_*_key.pub; do [ -r \"$f\" ] && cat \"$f\"; done"),
        Section(.hardware, "meminfo", "cat /proc/meminfo"),
        Section(.hardware, "cpuinfo", "cat /proc/cpuinfo"),
        Section(.hardware, "online", "nproc"),
        Section(
            .hardware, "dmi",
            "for f in product_name product_version product_serial product_uuid sys_vendor bios_version bios_date bios_vendor board_name board_vendor chassis_vendor; do printf '%s=' $f; cat /sys/class/dmi/id/$f || echo NA; done"
        ),
        Section(.hardware, "mounts", "cat /proc/self/mounts"),
        Section(.hardware, "df", "df -Pk"),
        Section(.hardware, "inodes", "df -Pi"),
        Section(.hardware, "loadavg", "cat /proc/loadavg"),
        Section(
            .hardware, "gpus",
            "command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=index,name,memory.total,driver_version,uuid,pci.bus_id --format=csv,noheader,nounits </dev/null"
        ),
        Section(.network, "addresses", "ip -o addr show"),
        Section(.network, "links", "ip -o link show"),
        Section(.network, "route4", "ip -4 route show default"),
        Section(.network, "route6", "ip -6 route show default"),
        Section(.virtual, "virt", "systemd-detect-virt || :"),
        Section(
            .virtual, "container",
            "[ -e /.dockerenv ] && echo docker; [ -e /run/.containerenv ] && echo podman; cat /run/systemd/container"),
    ]

    static func script(_ subsets: Set<FactSubset>, localFacts folder: String) -> ShellScript {
        var script: ShellScript = "exec 2>/dev/null\nLC_ALL=C; export LC_ALL\n"
        for section in sections where subsets.contains(section.subset) {
            script +=
                "printf '\(shell: ShellScript(stringLiteral: section.name))\\n'; { \(shell: section.script); }; printf '\\000'\n"
        }
        // Local facts: what a program prints, or what a file holds.
        script +=
            "for f in \(folder)/*.fact; do [ -f \"$f\" ] || continue; printf 'local/%s\\n' \"${f##*/}\"; if [ -x \"$f\" ]; then \"$f\" </dev/null; else cat \"$f\"; fi; printf '\\000'; done\n"
        return script + "printf 'end\\n.\\000'\n"
    }

    /// Names and texts of the local facts.
    var local: [(name: String, text: String)] {
        sections.filter { $0.key.hasPrefix("local/") }.sorted { $0.key < $1.key }.map {
            (String($0.key.dropFirst(6).dropLast(5)), $0.value)
        }
    }
}
