import YAML

@testable import Modules
@testable import Remote

extension FuzzTarget {
    /// So that some of the ends are believed.
    private static let proof = EndProof(key: "fuzzed")
    private static let ends = [1, 2, 3, 0, 281_474_976_710_655].map {
        "\u{1e}0123456789abcdefe \($0) 0 \(proof.text(of: $0))\n"
    }

    /// What hosts say.
    static let host: [FuzzTarget] = [
        // The first line says how the stream falls into reads: the pieces are the same.
        FuzzTarget(
            "frames",
            samples: [
                "2\nout" + ends.joined(separator: "x"),
                "3\nout\u{1e}0123456789abcdefe 1 0\nmore\u{1e}0123456789abcdefs 0\n\u{1e}0123456789abcdefx\n",
                "1\n\u{1e}0123456789abcdefe 9223372036854775807 0\n",
                "7\n\u{1e}0123456789abcdefs 9223372036854775807\n\u{1e}",
            ],
            words: [
                "\u{1e}0123456789abcdef", "\u{1e}0123456789abcdefe ", "\u{1e}0123456789abcdefs ",
                "\u{1e}0123456789abcdefx\n", "\u{1e}", "\n", " ", "\u{1e}0123456789abcdefr ",
            ] + ends
        ) { bytes in
            let marker = "\u{1e}0123456789abcdef"
            let stream = Array(bytes.drop { $0 != 10 }.dropFirst())
            let size = max(1, Int(bytes.first ?? 1) - 48, bytes.count / 500)
            let parts = stride(from: 0, to: stream.count, by: size).map {
                Array(stream[$0..<min($0 + size, stream.count)])
            }
            var whole = FrameScanner(marker: Array(marker.utf8))
            var split = FrameScanner(marker: Array(marker.utf8))
            let pieces = whole.feed(stream)
            let others = parts.flatMap { split.feed($0) }
            func frames(_ pieces: [FrameScanner.Piece]) -> [String] {
                pieces.compactMap { if case .frame(let text) = $0 { text } else { nil } }
            }
            if frames(pieces) != frames(others), stream.count < 4096 {
                broken("in parts there are other frames than in the whole")
            }
            var track = SpoolTrack(marker: marker, proof: proof)
            var greeting = GreetingScanner(marker: marker)
            for part in parts {
                for case .ended(let call, _) in track.feed(part) { _ = track.acknowledge(through: call) }
                _ = greeting.feed(part)
            }
        },
        FuzzTarget(
            "facts",
            samples: [
                "cpu\nprocessor\t: 0\nmodel name: x\nphysical id : 0\ncore id : 1\n\0mem\nMemTotal: 16 kB\n\0end\n.\0",
                "1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue state UNKNOWN\\    link/loopback 00:00 brd 00:00\n2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0\n",
                "81a4 0 0 12 1 34 5 1 2 3|root|root|\n",
                "GPU 0: NVIDIA H100 (UUID: GPU-1)\n0, NVIDIA H100, 81559, 535.1\n",
                "Id=x.service\nLoadState=loaded\nMainPID=1\n",
                "MemTotal:       9223372036854775807 kB\nSwapTotal: 1 kB\n",
                "root:x:0:0:root:/root:/bin/sh\n", "ID=debian\nVERSION_ID=\"12\"\n",
                "nameserver 1.1.1.1\nsearch a b\noptions ndots:5\n",
            ],
            words: sections.map { "\($0)\n" } + [
                "\0", "\n", ":", " kB", "|", "/", "/33", "=", "'", "\"", "end\n.\0", "inet6 fe80::1/64",
                "processor\t: ", "core id\t: ",
            ]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let report = FactReport(bytes) { use(report) }
            // Every section, with this text in it.
            var whole: [UInt8] = []
            for section in sections { whole += "\(section)\n".utf8 + bytes.filter { $0 != 0 } + [0] }
            whole += "end\n.\0".utf8
            if let report = FactReport(whole) { use(report) }
            _ = NetworkFacts.addresses(text)
            _ = NetworkFacts.links(text)
            _ = HardwareFacts.gpus(text)
            _ = HardwareFacts.processors(text, online: text)
            for line in text.split(separator: "\n") { _ = FileStatus(line: line) }
            _ = FileTree.parse(text, below: "/")
            _ = UnitStatus(text).registered
            _ = try? AuthorizedLine.list(text)
            _ = AptSourceLine(text)
            _ = AptRun.plan(text)
            _ = Dnf.plan(text)
            _ = Dnf.results(text)
            _ = Sysctl.edit(text, "a.b", "1")
            _ = YumRepository.edit(text, "a", "b")
        },
    ]

    /// Those of a report of facts.
    private static let sections = [
        "debian_version", "kernel", "machine", "fqdn", "uptime", "boot_id", "machine_id", "cmdline", "user", "env",
        "date", "init", "packagers", "selinux", "apparmor", "resolv", "hostkeys", "meminfo", "cpuinfo", "online", "dmi",
        "mounts", "df", "inodes", "loadavg", "gpus", "addresses", "links", "virt", "container",
    ]

    private static func use(_ report: FactReport) {
        _ = SystemFacts.facts(report)
        _ = HardwareFacts.facts(report)
        _ = NetworkFacts.facts(report)
    }
}
