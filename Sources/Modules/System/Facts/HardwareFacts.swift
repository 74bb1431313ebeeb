import YAML

/// Memory, processors, file systems, the machine's make, and GPUs.
enum HardwareFacts {
    static func facts(_ report: FactReport) -> ValueMap {
        var facts = memory(report["meminfo"])
        facts.merge(processors(report["cpuinfo"], online: report.line("online")))
        facts["mounts"] = .list(mounts(report))
        let load = report.line("loadavg").split(separator: " ").compactMap { Double($0) }
        if load.count >= 3 {
            facts["loadavg"] = .dict(["1m": .double(load[0]), "5m": .double(load[1]), "15m": .double(load[2])])
        }
        let dmi = SystemFacts.assignments(report["dmi"])
        for (fact, file) in [
            ("product_name", "product_name"), ("product_version", "product_version"),
            ("product_serial", "product_serial"), ("product_uuid", "product_uuid"), ("system_vendor", "sys_vendor"),
            ("bios_version", "bios_version"), ("bios_date", "bios_date"), ("bios_vendor", "bios_vendor"),
            ("board_name", "board_name"), ("board_vendor", "board_vendor"), ("chassis_vendor", "chassis_vendor"),
        ] {
            facts[fact] = .string(dmi[file] ?? "NA")
        }
        facts["gpus"] = .list(gpus(report["gpus"]))
        return facts
    }

    /// What a host counts; none has more than that of anything, and with it no product overflows.
    private static func amount(_ text: some StringProtocol) -> Int? {
        Int(text).flatMap { (0...1 << 50).contains($0) ? $0 : nil }
    }

    /// `/proc/meminfo`, in MB as Ansible rounds.
    static func memory(_ text: String) -> ValueMap {
        var kilobytes: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == ":" || $0 == " " })
            if words.count >= 2, let number = amount(words[1]) { kilobytes[String(words[0])] = number }
        }
        func mb(_ name: String) -> Int { (kilobytes[name] ?? 0) / 1024 }
        let cached = mb("Cached") + mb("Buffers")
        return [
            "memtotal_mb": .int(mb("MemTotal")), "memfree_mb": .int(mb("MemFree")),
            "swaptotal_mb": .int(mb("SwapTotal")), "swapfree_mb": .int(mb("SwapFree")),
            "memory_mb": .dict([
                "real": .dict([
                    "total": .int(mb("MemTotal")), "free": .int(mb("MemFree")),
                    "used": .int(mb("MemTotal") - mb("MemFree")),
                ]),
                "nocache": .dict([
                    "free": .int(mb("MemFree") + cached), "used": .int(mb("MemTotal") - mb("MemFree") - cached),
                ]),
                "swap": .dict([
                    "total": .int(mb("SwapTotal")), "free": .int(mb("SwapFree")),
                    "used": .int(mb("SwapTotal") - mb("SwapFree")), "cached": .int(mb("SwapCached")),
                ]),
            ]),
        ]
    }

    /// `/proc/cpuinfo`: number, vendor and model of every processor; sockets, cores, threads.
    static func processors(_ text: String, online: String) -> ValueMap {
        var list: [Value] = []
        var sockets: Set<String> = []
        var cores: [String: Int] = [:]
        var siblings = 0
        var count = 0
        var coresPerSocket = 0
        var number = ""
        var socket = ""
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].trimmingBlanks
            let value = line[line.index(after: colon)...].trimmingBlanks
            switch name {
            case "processor":
                number = value
                count += 1
                list.append(.string(number))
            case "vendor_id", "model name", "Processor", "CPU implementer": list.append(.string(value))
            case "physical id":
                socket = value
                sockets.insert(value)
            case "siblings": siblings = amount(value) ?? siblings
            case "cpu cores":
                coresPerSocket = amount(value) ?? coresPerSocket
                cores[socket] = coresPerSocket
            default: continue
            }
        }
        let socketCount = sockets.isEmpty ? max(count, 1) : sockets.count
        let coreCount = sockets.isEmpty ? 1 : min(max(coresPerSocket, 1), 1 << 20)
        let threads = sockets.isEmpty ? 1 : max(1, siblings / max(coreCount, 1))
        return [
            "processor": .list(list), "processor_count": .int(socketCount), "processor_cores": .int(coreCount),
            "processor_threads_per_core": .int(threads),
            "processor_vcpus": .int(socketCount * min(coreCount * threads, 1 << 20)),
            "processor_nproc": .int(Int(online) ?? count),
        ]
    }

    static func mounts(_ report: FactReport) -> [Value] {
        /// Per mount point: blocks of `df -P`, the mount point last.
        func table(_ name: String) -> [String: [Int]] {
            var map: [String: [Int]] = [:]
            for line in report.lines(name).dropFirst() {
                let words = line.split(separator: " ", omittingEmptySubsequences: true)
                guard words.count >= 6 else { continue }
                map[words[5...].joined(separator: " ")] = words[1..<4].map { amount($0) ?? 0 }
            }
            return map
        }
        let space = table("df")
        let inodes = table("inodes")
        return report.lines("mounts").compactMap { line -> Value? in
            let words = line.split(separator: " ").map { Fstab.unescaped(String($0)) }
            // As Ansible: what is a device or a remote file system.
            guard words.count >= 4, words[0].hasPrefix("/") || words[0].contains(":/"), words[2] != "none" else {
                return nil
            }
            var mount: ValueMap = [
                "mount": .string(words[1]), "device": .string(words[0]), "fstype": .string(words[2]),
                "options": .string(words[3]),
            ]
            if let blocks = space[words[1]] {
                mount["size_total"] = .int(blocks[0] * 1024)
                mount["size_available"] = .int(blocks[2] * 1024)
                mount["block_size"] = .int(1024)
                mount["block_total"] = .int(blocks[0])
                mount["block_available"] = .int(blocks[2])
                mount["block_used"] = .int(blocks[1])
            }
            if let nodes = inodes[words[1]] {
                mount["inode_total"] = .int(nodes[0])
                mount["inode_used"] = .int(nodes[1])
                mount["inode_available"] = .int(nodes[2])
            }
            return .dict(mount)
        }
    }

    /// Lines of `nvidia-smi --query-gpu=index,name,memory.total,driver_version,uuid,pci.bus_id
    /// --format=csv,noheader,nounits`.
    static func gpus(_ text: String) -> [Value] {
        text.split(separator: "\n").compactMap { line -> Value? in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingBlanks)
            guard fields.count == 6, let index = Int(fields[0]) else { return nil }
            return .dict([
                "index": .int(index), "model": .string(fields[1]),
                "memory_mb": Int(fields[2]).map { Value.int($0) } ?? .null, "driver": .string(fields[3]),
                "uuid": .string(fields[4]), "pci": .string(fields[5]),
            ])
        }
    }

    static func virtualization(_ report: FactReport) -> ValueMap {
        let container = report.lines("container").first.map(String.init)
        let detected = report.line("virt")
        let type = container ?? (detected.isEmpty || detected == "none" ? "NA" : detected)
        let role = type == "NA" ? "NA" : "guest"
        return [
            "virtualization_type": .string(type == "microsoft" ? "VirtualPC" : type == "oracle" ? "virtualbox" : type),
            "virtualization_role": .string(role),
            "virtualization_tech_guest": .list(type == "NA" ? [] : [.string(type)]),
            "virtualization_tech_host": .list([]),
        ]
    }
}

extension StringProtocol {
    var trimmingBlanks: String {
        var part = self[...]
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }
}
