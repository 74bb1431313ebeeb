import YAML

/// What stands at a path on a host, read by `cf_stat`.
struct FileStatus: Sendable, Hashable {
    enum Kind: Sendable { case file, directory, link, fifo, socket, blockDevice, characterDevice }
    var kind: Kind
    /// The twelve permission bits.
    var mode: Int
    var uid: Int, gid: Int
    /// Names, or the numbers as text where the host has no name for them.
    var owner: String, group: String
    var size: Int
    var links: Int, inode: Int, device: Int
    /// Seconds since 1970.
    var accessed: Int, modified: Int, statusChanged: Int

    /// Ansible's word for it: `file`, `hard` (a file with several names), `directory` or `link`.
    var state: String {
        switch kind {
        case .directory: "directory"
        case .link: "link"
        default: links > 1 ? "hard" : "file"
        }
    }

    /// `0644`, as results and diffs show a mode.
    var modeText: String { FileMode.text(mode) }

    /// What Ansible adds to the result of every module that has a path.
    var registered: ValueMap {
        [
            "uid": .int(uid), "gid": .int(gid), "owner": .string(owner), "group": .string(group),
            "mode": .string(modeText), "state": .string(state), "size": .int(size),
        ]
    }

    /// A line of `stat -c '%f %u %g %s %h %i %d %X %Y %Z|%U|%G|'`.
    init?(line: some StringProtocol) {
        let parts = line.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let fields = parts[0].split(separator: " ")
        let numbers = fields.dropFirst().compactMap { Int($0) }
        guard fields.count == 10, numbers.count == 9, let raw = Int(fields[0], radix: 16) else { return nil }
        switch raw & 0o170000 {
        case 0o040000: kind = .directory
        case 0o120000: kind = .link
        case 0o010000: kind = .fifo
        case 0o140000: kind = .socket
        case 0o060000: kind = .blockDevice
        case 0o020000: kind = .characterDevice
        default: kind = .file
        }
        mode = raw & 0o7777
        uid = numbers[0]
        gid = numbers[1]
        size = numbers[2]
        links = numbers[3]
        inode = numbers[4]
        device = numbers[5]
        accessed = numbers[6]
        modified = numbers[7]
        statusChanged = numbers[8]
        owner = parts[1] == "UNKNOWN" ? String(uid) : String(parts[1])
        group = parts[2] == "UNKNOWN" ? String(gid) : String(parts[2])
    }
}

/// A record of `cf_stat`: what a path is, and for a link where it leads.
struct PathStatus: Sendable, Hashable {
    enum Absence: Sendable { case absent, notDirectory, denied }
    /// The path itself; nil when there is nothing.
    var own: FileStatus?
    /// What a link leads to; nil for a dangling link.
    var followed: FileStatus?
    /// A link's text.
    var target: String?
    /// Where a link leads in the end, every link on the way followed.
    var realPath: String?
    /// The same of a link that leads nowhere.
    var danglingPath: String?
    var absence: Absence = .absent

    var isLink: Bool { own?.kind == .link }
    /// What `open` would meet: the path, or what the link leads to.
    var reached: FileStatus? { isLink ? followed : own }
    /// Ansible's word: `absent`, `link`, `directory`, `hard`, `file`.
    var state: String { own?.state ?? "absent" }

    /// Something that is no link.
    init(own: FileStatus) { self.own = own }

    init?(record: String) {
        var rest = record[...]
        func line() -> Substring {
            let end = rest.firstIndex(of: "\n") ?? rest.endIndex
            defer { rest = end < rest.endIndex ? rest[rest.index(after: end)...] : "" }
            return rest[..<end]
        }
        while !rest.isEmpty {
            if rest.hasPrefix("target ") {
                target = String(rest.dropFirst(7))
                break
            }
            if rest.hasPrefix("real ") {
                // The target, which may hold line ends itself, is the only thing that follows.
                let end = rest.range(of: "\ntarget ")?.lowerBound ?? rest.endIndex
                let path = String(rest[..<end].dropFirst(5))
                if followed != nil { realPath = path } else { danglingPath = path }
                rest = end < rest.endIndex ? rest[rest.index(after: end)...] : ""
                continue
            }
            let text = line()
            switch text {
            case "absent": absence = .absent
            case "notdir": absence = .notDirectory
            case "denied": absence = .denied
            default:
                let word = text.prefix { $0 != " " }
                guard let status = FileStatus(line: text.dropFirst(word.count + 1)) else { return nil }
                if word == "to" { followed = status } else { own = status }
            }
        }
        if own == nil, record.isEmpty { return nil }
    }
}
