import YAML

/// Interfaces, addresses and default routes, from iproute2's one-line output.
enum NetworkFacts {
    struct Address: Hashable {
        var interface: String, family: String, address: String, prefix: Int, scope: String, broadcast: String
    }
    struct Link: Hashable { var name: String, flags: [String], mtu: Int, mac: String, type: String }

    static func facts(_ report: FactReport) -> ValueMap {
        let addresses = addresses(report["addresses"])
        let links = links(report["links"])
        var facts = ValueMap()
        let names = links.isEmpty ? Array(Set(addresses.map(\.interface))).sorted() : links.map(\.name)
        facts["interfaces"] = .list(names.map { .string($0) })
        facts["all_ipv4_addresses"] = .list(
            addresses.filter { $0.family == "inet" && !$0.address.hasPrefix("127.") }.map { .string($0.address) })
        facts["all_ipv6_addresses"] = .list(
            addresses.filter { $0.family == "inet6" && $0.address != "::1" }.map { .string($0.address) })
        for name in names {
            let link = links.first { $0.name == name }
            var interface: ValueMap = ["device": .string(name), "active": .bool(link?.flags.contains("UP") ?? true)]
            if let link {
                interface["mtu"] = .int(link.mtu)
                interface["type"] = .string(link.type)
                if link.type != "loopback" { interface["macaddress"] = .string(link.mac) }
            }
            let own = addresses.filter { $0.interface == name }
            let v4 = own.filter { $0.family == "inet" }
            if let first = v4.first {
                interface["ipv4"] = ipv4(first)
                if v4.count > 1 { interface["ipv4_secondaries"] = .list(v4.dropFirst().map(ipv4)) }
            }
            let v6 = own.filter { $0.family == "inet6" }
            if !v6.isEmpty {
                interface["ipv6"] = .list(
                    v6.map {
                        .dict([
                            "address": .string($0.address), "prefix": .string(String($0.prefix)),
                            "scope": .string($0.scope),
                        ])
                    })
            }
            // A name with a dash or a dot becomes a variable's name.
            facts[String(name.map { $0 == "-" || $0 == "." || $0 == ":" ? "_" : $0 })] = .dict(interface)
        }
        facts["default_ipv4"] = .dict(defaultRoute(report.line("route4"), "inet", addresses, links))
        facts["default_ipv6"] = .dict(defaultRoute(report.line("route6"), "inet6", addresses, links))
        return facts
    }

    /// `2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\       valid_lft forever …`
    static func addresses(_ text: String) -> [Address] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 3, words[2] == "inet" || words[2] == "inet6" else { return nil }
            let parts = words[3].split(separator: "/")
            guard let address = parts.first else { return nil }
            func after(_ word: String) -> String? {
                words.firstIndex(of: word).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
            }
            return Address(
                interface: interfaceName(words[1]), family: words[2], address: String(address),
                prefix: parts.count > 1 ? Int(parts[1]) ?? 0 : words[2] == "inet" ? 32 : 128,
                scope: after("scope") ?? "", broadcast: after("brd") ?? "")
        }
    }

    /// `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc … link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff`
    static func links(_ text: String) -> [Link] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 3 else { return nil }
            let kind = words.firstIndex { $0.hasPrefix("link/") }
            let type = kind.map { words[$0].dropFirst(5) } ?? ""
            return Link(
                name: interfaceName(words[1]),
                flags: words[2].filter { $0 != "<" && $0 != ">" }.split(separator: ",").map(String.init),
                mtu: words.firstIndex(of: "mtu").flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil } ?? 0,
                mac: kind.flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil } ?? "",
                type: type == "ether"
                    ? "ether" : type == "loopback" ? "loopback" : type.isEmpty ? "unknown" : String(type))
        }
    }

    /// `eth0@if5:` is `eth0`.
    private static func interfaceName(_ word: String) -> String { String(word.prefix { $0 != "@" && $0 != ":" }) }

    private static func ipv4(_ address: Address) -> Value {
        let mask = address.prefix <= 0 ? 0 : UInt32.max << (32 - UInt32(min(32, address.prefix)))
        let number = address.address.split(separator: ".").compactMap { UInt32($0) }.reduce(0) { $0 << 8 | $1 }
        func dotted(_ number: UInt32) -> String {
            [24, 16, 8, 0].map { String(number >> $0 & 255) }.joined(separator: ".")
        }
        return .dict([
            "address": .string(address.address), "netmask": .string(dotted(mask)),
            "network": .string(dotted(number & mask)), "prefix": .string(String(address.prefix)),
            "broadcast": .string(address.broadcast),
        ])
    }

    /// `default via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.5 metric 100`
    private static func defaultRoute(
        _ line: String, _ family: String, _ addresses: [Address], _ links: [Link]
    ) -> ValueMap {
        let words = line.split(separator: " ").map(String.init)
        func after(_ word: String) -> String? {
            words.firstIndex(of: word).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        }
        guard let interface = after("dev") else { return [:] }
        var facts: ValueMap = ["interface": .string(interface), "alias": .string(interface)]
        if let gateway = after("via") { facts["gateway"] = .string(gateway) }
        let source = after("src")
        if let address = addresses.first(where: {
            $0.family == family && $0.interface == interface
                && (source == nil ? $0.scope == "global" : $0.address == source)
        }) {
            if family == "inet", case .dict(let more) = ipv4(address) {
                facts.merge(more)
            } else {
                facts["address"] = .string(address.address)
                facts["prefix"] = .string(String(address.prefix))
                facts["scope"] = .string(address.scope)
            }
        }
        if let link = links.first(where: { $0.name == interface }) {
            facts["macaddress"] = .string(link.mac)
            facts["mtu"] = .int(link.mtu)
            facts["type"] = .string(link.type)
        }
        return facts
    }
}
