import Glibc
import Support
import Synchronization

/// The known host keys that connections check against, shared by all of a run, and where newly accepted ones are kept.
package final class HostKeyStore: Sendable {
    private let known: Mutex<KnownHosts>
    private let acceptInto: String?
    /// The keys of hosts that have files of their own, by those.
    private let others = Mutex([[String]: KnownHosts]())

    /// - Parameters:
    ///   - files: `known_hosts` files; those that don't exist are empty.
    ///   - acceptNewInto: when given, an unknown host's key is believed once and written there. A changed or revoked
    ///     key is refused all the same.
    package init(files: [String] = ["~/.ssh/known_hosts", "config/known_hosts"], acceptNewInto: String? = nil) throws {
        do { known = Mutex(try KnownHosts(files: files)) } catch let error as FileProblem {
            throw SSHError(
                .keyFile, "a known_hosts file can't be used: \(error.path): \(error.problem)",
                remedy: error.remedy ?? "check the permissions of \(files.joined(separator: " and "))")
        }
        acceptInto = acceptNewInto.map(expandingTilde)
    }

    package init(_ known: KnownHosts) {
        self.known = Mutex(known)
        acceptInto = nil
    }

    package var snapshot: KnownHosts { known.withLock { $0 } }

    /// The types of keys that are known for a host; empty when it is a stranger.
    package func keyTypes(host: String, port: Int, place: HostKeyPlace) throws -> [String] {
        let (name, port) = place.name(host, port)
        let types = snapshot.keyTypes(host: name, port: port)
        return try types + others(place).flatMap { $0.keyTypes(host: name, port: port) }.filter { !types.contains($0) }
    }

    private func others(_ place: HostKeyPlace) throws -> [KnownHosts] {
        guard !place.files.isEmpty else { return [] }
        return try others.withLock { others in
            if let known = others[place.files] { return [known] }
            do {
                let known = try KnownHosts(files: place.files)
                others[place.files] = known
                return [known]
            } catch let error as FileProblem {
                throw SSHError(
                    .keyFile, "a known_hosts file can't be used: \(error.path): \(error.problem)",
                    remedy: error.remedy ?? "check the permissions of \(place.files.joined(separator: " and "))")
            }
        }
    }

    /// Returns when the key may be trusted; else throws what to tell the operator.
    func check(_ key: HostKey, host: String, port: Int, place: HostKeyPlace = HostKeyPlace()) async throws {
        let (host, port) = place.name(host, port)
        var verdict = snapshot.verdict(host: host, port: port, key: key)
        // Files of the host's own say more; a key that is refused in one place is not trusted for another.
        if case .unknown = verdict, let known = try others(place).first {
            verdict = known.verdict(host: host, port: port, key: key)
        }
        if case .unknown = verdict, let file = acceptInto {
            try await BlockingWork.shared.start { Result { try self.accept(key, host, port, file) } }.value()
            return
        }
        if let refusal = verdict.refusal(of: key, host: host) { throw refusal }
    }

    /// Appends one line under a lock, unless another process or host was faster. Only owner access; on disk when it
    /// returns.
    private func accept(_ key: HostKey, _ host: String, _ port: Int, _ file: String) throws {
        do {
            // Its folder: a project that has none yet.
            try PrivateFile.makeFolder(of: file)
            let opened = try PrivateFile.open(file, for: .settings, O_RDWR | O_APPEND | O_CREAT)
            let descriptor = opened.descriptor
            guard flock(descriptor, LOCK_EX) == 0 else { throw Errno(code: errno) }
            let text = try readAll(descriptor, limit: 64 << 20)
            var now = KnownHosts()
            now.add(text, file: file)
            switch now.verdict(host: host, port: port, key: key) {
            case .trusted: break
            case .unknown:
                let line = Array("\(KnownHosts.lookupName(host, port)) \(key.type) \(key.base64)\n".utf8)
                let bytes = text.isEmpty || text.last == UInt8(ascii: "\n") ? line : [UInt8(ascii: "\n")] + line
                guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
                    throw Errno(code: errno)
                }
                let number = text.count { $0 == UInt8(ascii: "\n") } + bytes.count - line.count + 1
                known.withLock { $0.add(line, file: file, firstLine: number) }
            case let verdict:
                if let refusal = verdict.refusal(of: key, host: host) { throw refusal }
            }
        } catch let error as FileProblem {
            throw SSHError(
                .keyFile, "the new key of \(host) can't be kept in \(file): \(error.path): \(error.problem)",
                remedy: error.remedy)
        } catch let error as Errno {
            throw SSHError(.keyFile, "the new key of \(host) can't be kept in \(file): \(error)")
        }
    }
}

extension KnownHosts.Verdict {
    /// The error for a key that is not trusted.
    func refusal(of key: HostKey, host: String) -> SSHError? {
        switch self {
        case .trusted: return nil
        case .revoked(let place):
            return SSHError(
                .hostKeyRevoked, "THE HOST KEY OF \(host) IS REVOKED at \(place): \(key.type) \(key.fingerprint)",
                remedy: "don't connect; find out who answers there")
        case .changed(let known, let fingerprints):
            let expected = zip(known, fingerprints).map { "\($0) has \($1)" }.joined(separator: ", ")
            return SSHError(
                .hostKeyChanged,
                "THE HOST KEY OF \(host) HAS CHANGED: \(expected), the host shows \(key.type) \(key.fingerprint)",
                remedy:
                    "if the host was installed anew, remove \(known.map(\.description).joined(separator: " and ")); if not, somebody may be listening in"
            )
        case .unknown(let otherTypes, let authorities):
            var message = "the host key of \(host) is unknown: \(key.type) \(key.fingerprint)"
            if let other = otherTypes.first { message += "; a key of another type is known at \(other)" }
            if let authority = authorities.first {
                message +=
                    "; the certificate authority at \(authority) can't be used, since libssh2 checks no certificates"
            }
            return SSHError(
                .hostKeyUnknown, message,
                remedy:
                    "compare the fingerprint with the host's own (ssh-keygen -lf on its /etc/ssh/ssh_host_*.pub), then use --accept-new-host-keys"
                    + (authorities.isEmpty ? "" : ", or reach the host with ssh_command"))
        }
    }
}

/// Where a host's key is looked for, besides the run's files and by another name than its address.
package struct HostKeyPlace: Sendable, Hashable {
    /// `HostKeyAlias` of ssh's configuration; such a name has no port.
    package var alias: String?
    /// `UserKnownHostsFile`.
    package var files: [String]

    package init(alias: String? = nil, files: [String] = []) { (self.alias, self.files) = (alias, files) }

    func name(_ host: String, _ port: Int) -> (String, Int) { alias.map { ($0, 22) } ?? (host, port) }
}
