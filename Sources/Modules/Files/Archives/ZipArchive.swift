import Remote

/// A zip archive, read by Info-ZIP's unzip.
///
/// A file counts as unpacked when its type, time (to the second), size, mode and owner are the archive's; its bytes are
/// not read again.
struct ZipArchive: Archive {
    let path: String
    let desired: DesiredExtraction

    var handler: String { "ZipArchive" }
    var canTellBeforehand: Bool { true }

    private func selection(_ newer: [String] = []) -> [String] {
        let excludes = desired.excludes + newer
        return (excludes.isEmpty ? [] : ["-x"] + excludes) + desired.includes
    }

    func cause(_ done: CallResult) -> String {
        let lines = Lines.split(done.errorOutput) + Lines.split(done.output)
        return lines.first { line in ["error", "cannot", "failed"].contains { line.contains($0) } }?.trimmingBlanks
            ?? done.complaint
    }

    func extraction(_ comparison: ArchiveComparison) -> ShellScript {
        "export LC_ALL=C\nexec unzip -o \(desired.options) \(path) \(selection(comparison.newer)) -d \(desired.destination) </dev/null\n"
    }

    /// A line of zipinfo's short listing with decimal times:
    /// `-rwxr-xr-x  3.0 unx       4 tx stor 20260131.101500 p/bin/run`.
    struct Entry: Sendable, Hashable {
        enum Kind: Character {
            case file = "f"
            case folder = "d"
            case link = "L"
        }
        var kind: Kind
        /// The twelve permission bits; nil for archives of systems without them.
        var mode: Int?
        var isExecutable: Bool
        var size: Int
        /// `2026-01-31 10:15:00`, in the host's time zone.
        var time: String
        var name: String

        init?(line: Substring) {
            let fields = line.split(separator: " ", maxSplits: 7)
            guard fields.count == 8, let type = fields[0].first, "dl-?".contains(type), let size = Int(fields[3]) else {
                return nil
            }
            let permissions = fields[0].dropFirst()
            let digits = Array(fields[6])
            guard [6, 7, 9].contains(permissions.count), permissions.allSatisfy({ "rwxstSTah-".contains($0) }),
                digits.count == 15, digits[8] == "."
            else { return nil }
            func part(_ range: Range<Int>) -> String { String(digits[range]) }
            time = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(9..<11)):\(part(11..<13)):\(part(13..<15))"
            name = String(fields[7])
            kind = name.hasSuffix("/") ? .folder : type == "l" ? .link : .file
            self.size = size
            mode = permissions.count == 9 ? Self.bits(permissions) : nil
            isExecutable = permissions.hasPrefix("rwx")
        }

        private static func bits(_ text: Substring) -> Int {
            var bits = 0
            for (place, letter) in text.enumerated() {
                let bit = 0o400 >> place
                if "rwxst".contains(letter) { bits |= bit }
                if "sStT".contains(letter) { bits |= place == 2 ? 0o4000 : place == 5 ? 0o2000 : 0o1000 }
            }
            return bits
        }

        /// What unzip gives the file.
        func mode(umask: Int) -> Int { mode ?? (kind == .folder || isExecutable ? 0o777 : 0o666) & ~umask }
    }

    func compare(on host: ManagedHost) async throws -> ArchiveComparison {
        let listed = try await host.observeLong(
            """
            export LC_ALL=C
            command -v unzip >/dev/null || { echo 'there is no unzip on this host' >&2; exit 1; }
            unzip -Z -T -s \(path) \(selection()) </dev/null
            """)
        let entries = listed.output.split(separator: "\n").compactMap(Entry.init(line:)).filter {
            !desired.excludes.contains($0.name)
        }
        // 11: nothing in the archive is of the names that were asked for.
        guard listed.status == 0 || listed.status == 11 || !entries.isEmpty else {
            throw ModuleFailure(
                "Failed to find handler for \"\(path)\". Make sure the required command to extract the file is installed. \(listed.complaint)"
            )
        }
        let observed = try await host.observe(
            """
            cf_stat \(desired.destination)
            \(shell: desired.attributes.observation)id -u; id -g; printf '\\000'
            cd -- \(desired.destination) && xargs -0 stat -c '%f %u %g %s %h %i %d %X %Y %Z|%U|%G|%y|%n' -- 2>/dev/null
            :
            """, stdin: .bytes(ArchiveAttributes.list(entries.map(\.name))))
        let records = observed.records
        guard records.count == 6 else {
            throw ModuleFailure("cannot read the status of what is in \(desired.destination): \(observed.complaint)")
        }
        let resolved = try desired.attributes.resolved(
            records[1..<4], seen: PathStatus(record: records[0])?.reached, path: desired.destination)
        let me = records[4].split(separator: "\n").compactMap { Int($0) }
        var there: [String: (status: FileStatus, time: Substring)] = [:]
        for line in records[5].split(separator: "\n") {
            let parts = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
            if parts.count == 5, let status = FileStatus(line: parts[..<3].joined(separator: "|") + "|") {
                there[String(parts[4])] = (status, parts[3])
            }
        }
        var comparison = ArchiveComparison(names: entries.map(\.name), differs: false, itemized: "")
        for entry in entries {
            guard let (status, time) = there[entry.name] else {
                comparison.itemized? += ">\(entry.kind.rawValue)++++++.?? \(entry.name)\n"
                continue
            }
            let kind: FileStatus.Kind =
                switch entry.kind {
                case .file: .file
                case .folder: .directory
                case .link: .link
                }
            guard status.kind == kind else {
                comparison.itemized? += "c\(entry.kind.rawValue)++++++.?? \(entry.name)\n"
                continue
            }
            var marks = Array(".\(entry.kind.rawValue).......??")
            let plain = marks
            if entry.kind == .file {
                let seconds = time.prefix(19)
                let isWhole = time.dropFirst(19).prefix { $0 != " " }.allSatisfy { $0 == "." || $0 == "0" }
                if desired.keepsNewer, entry.time < seconds || entry.time == seconds && !isWhole {
                    comparison.newer.append(entry.name)
                    continue
                }
                if entry.time != seconds || !isWhole { marks[4] = "t" }
                if entry.size != status.size { marks[3] = "s" }
            }
            if entry.kind != .link {
                let mode =
                    resolved.mode?.applied(to: status.mode, isDirectory: entry.kind == .folder, umask: resolved.umask)
                    ?? entry.mode(umask: resolved.umask)
                if mode != status.mode { marks[5] = "p" }
            }
            if (resolved.uid ?? me.first) != status.uid { marks[6] = "o" }
            if (resolved.gid ?? me.last) != status.gid { marks[6] = "g" }
            if marks != plain { comparison.itemized? += String(marks) + " \(entry.name)\n" }
        }
        comparison.differs = comparison.itemized != ""
        return comparison
    }
}
