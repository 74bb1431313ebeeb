import Glibc
import Support
import Synchronization

/// What the `known_hosts` files say (format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). A value; reading it again shows
/// later changes.
package struct KnownHosts: Sendable {
    /// `file:line` of an entry.
    package struct Place: Sendable, Hashable, CustomStringConvertible {
        package let file: String
        package let line: Int
        package var description: String { "\(file):\(line)" }
    }

    struct Entry: Sendable {
        enum Marker { case none, revoked, certAuthority }
        let place: Place
        let marker: Marker
        let hosts: HostPatterns
        let type: String
        let base64: String
        var key: HostKey? { Crypto.decodeBase64(base64).flatMap(HostKey.init(blob:)) }
    }

    package enum Verdict: Sendable, Equatable {
        case trusted(Place)
        /// Another key of the same type is known: somebody listens in, or the host was installed anew.
        case changed(known: [Place], fingerprints: [String])
        case revoked(Place)
        /// `otherTypes`: the host is known, with keys of other types. `authorities`: entries that trust certificates,
        /// which libssh2 can't check.
        case unknown(otherTypes: [Place], authorities: [Place])
    }

    private var entries: [Entry] = []
    /// Entries with plain names only, by name; the others have to be tried one by one.
    private var byName: [String: [Int]] = [:]
    private var toTry: [Int] = []
    /// What was found for names so far.
    private var found = Findings()
    private final class Findings: Sendable { let entries = Mutex([String: [Int]]()) }
    /// Lines that say nothing, with the reason: they are skipped, as ssh does.
    package private(set) var problems: [(place: Place, what: String)] = []

    package init() {}

    /// Reads files; one that does not exist is an empty one. `~` is expanded.
    package init(files: [String]) throws {
        for file in files {
            let path = expandingTilde(file)
            guard let text = try PrivateFile.read(path, for: .settings) else { continue }
            add(text, file: path)
        }
    }

    /// For tests and for lines that were just written.
    package mutating func add(_ text: [UInt8], file: String, firstLine: Int = 1) {
        var line = firstLine - 1
        for bytes in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            add(line: String(decoding: bytes, as: UTF8.self), at: Place(file: file, line: line))
        }
    }

    private mutating func add(line: String, at place: Place) {
        var fields = line.split(maxSplits: 4, whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })[...]
        guard let first = fields.first, !first.hasPrefix("#") else { return }
        var marker = Entry.Marker.none
        if first.hasPrefix("@") {
            switch first {
            case "@revoked": marker = .revoked
            case "@cert-authority": marker = .certAuthority
            default: return problems.append((place, "unknown marker"))
            }
            fields.removeFirst()
        }
        guard fields.count >= 3 else { return problems.append((place, "a host, a key type and a key are expected")) }
        let names = fields[fields.startIndex]
        let type = fields[fields.startIndex + 1]
        let key = fields[fields.startIndex + 2]
        guard let hosts = HostPatterns(names) else {
            return problems.append((place, "the hashed host name is damaged"))
        }
        guard key.hasPrefix("AAAA"), type.first?.isLetter == true else {
            return problems.append((place, "the key is damaged"))
        }
        if found.entries.withLock({ !$0.isEmpty }) { found = Findings() }
        let index = entries.count
        entries.append(Entry(place: place, marker: marker, hosts: hosts, type: String(type), base64: String(key)))
        if case .names(let names) = hosts {
            for name in names { byName[name, default: []].append(index) }
        } else {
            toTry.append(index)
        }
    }

    /// Entries for `[host]:port`, or for the bare name when the port is 22, in the order of the files.
    private func entries(for host: String, _ port: Int) -> [Entry] {
        let name = Self.lookupName(host, port)
        let known = found.entries.withLock { found in
            if let known = found[name] { return known }
            let known = ((byName[name] ?? []) + toTry.filter { entries[$0].hosts.match(name) }).sorted()
            found[name] = known
            return known
        }
        return known.map { entries[$0] }
    }

    static func lookupName(_ host: String, _ port: Int) -> String {
        port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)"
    }

    /// Is this the host's key? Like ssh, a host on another port is trusted, too, when it has exactly the key of the
    /// bare name.
    package func verdict(host: String, port: Int, key: HostKey) -> Verdict {
        let found = entries(for: host, port)
        let bare = port == 22 ? [] : entries(for: host, 22)
        let base64 = key.base64
        func isThisKey(_ entry: Entry) -> Bool { entry.type == key.type && entry.base64 == base64 }
        if let revoked = (found + bare).first(where: { $0.marker == .revoked && isThisKey($0) }) {
            return .revoked(revoked.place)
        }
        let plain = found.filter { $0.marker == .none }
        if let same = plain.first(where: isThisKey) { return .trusted(same.place) }
        let sameType = plain.filter { $0.type == key.type }
        if !sameType.isEmpty {
            return .changed(
                known: sameType.map(\.place), fingerprints: sameType.map { $0.key?.fingerprint ?? "a damaged key" })
        }
        if plain.isEmpty, let same = bare.first(where: { $0.marker == .none && isThisKey($0) }) {
            return .trusted(same.place)
        }
        return .unknown(
            otherTypes: plain.map(\.place), authorities: found.filter { $0.marker == .certAuthority }.map(\.place))
    }

    /// Types of the keys known for a host, for the resolve report and to ask the server for one of them; empty when the
    /// host is unknown.
    package func keyTypes(host: String, port: Int) -> [String] {
        var types: [String] = []
        var found = entries(for: host, port).filter { $0.marker == .none }
        if found.isEmpty, port != 22 { found = entries(for: host, 22).filter { $0.marker == .none } }
        for entry in found where !types.contains(entry.type) { types.append(entry.type) }
        return types
    }

    /// A host that no entry names; a connection to it would be refused.
    package func knows(host: String, port: Int) -> Bool { !keyTypes(host: host, port: port).isEmpty }
}
