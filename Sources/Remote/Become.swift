import Redaction
import Support

/// Another identity on the host, and how to get it.
package struct Become: Sendable {
    package enum Method: String, Sendable, CaseIterable { case sudo, doas, su }
    package var method: Method
    package var user: String
    package var password: Secret<String>?
    /// The program in the place of the method's own: its name or path, and words before its options.
    package var exe: [String]?
    /// Its options, in the place of those that it would get; those that hand over the password come besides.
    package var flags: [String]?

    package init(
        method: Method = .sudo, user: String = "root", password: Secret<String>? = nil, exe: [String]? = nil,
        flags: [String]? = nil
    ) {
        self.method = method
        self.user = user
        self.password = password
        self.exe = exe
        self.flags = flags
    }
}

extension Become {
    /// `sudo:root`: names the identity in a ledger. The login user's is `login`. Another program or other options stand
    /// behind it in hex: a name has no blanks.
    package var identity: String {
        let own = "\(method.rawValue):\(user)"
        guard exe != nil || flags != nil else { return own }
        let parts = [exe, flags].map { words in
            words.map { Hex.text($0.joined(separator: "\0").utf8) + ($0.isEmpty ? "none" : "") } ?? ""
        }
        return "\(own):\(parts[0]):\(parts[1])"
    }

    /// From `identity`; nil for the login user's.
    package init?(identity: String, password: Secret<String>?) {
        let parts = identity.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 4, let method = Method(rawValue: parts[0]) else { return nil }
        self.init(method: method, user: parts[1], password: password)
        guard parts.count == 4 else { return }
        func words(_ part: String) -> [String]? {
            if part == "none" { return [] }
            guard !part.isEmpty, let bytes = Hex.bytes(of: part) else { return nil }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\0", omittingEmptySubsequences: false).map(
                String.init)
        }
        exe = words(parts[2])
        flags = words(parts[3])
    }

    /// Starts the shell under the other identity; returns when that shell itself has said that it is there, since what
    /// is sent
    /// before could be taken for a password, or a password for a command.
    func open(on transport: any Transport, shell: String, timeout: Duration) async throws -> any CommandStream {
        let prompt = "comfyfleet-\(Hex.random(bytes: 8))"
        let goAhead = "comfyfleet-\(Hex.random(bytes: 8))"
        let stream = try await transport.open(command(shell: shell, prompt: prompt, goAhead: goAhead))
        let deadline = ContinuousClock.now + timeout
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await Task.sleep(until: deadline, clock: .continuous)
                    await stream.close()
                }
                defer { group.cancelAll() }
                try await converse(on: stream, prompt: prompt, goAhead: goAhead, until: deadline)
            }
        } catch let error as Unreachable where ContinuousClock.now >= deadline {
            var silent = Unreachable(
                .become, "no answer from \(method.rawValue) within \(timeout); \(error.message)",
                remedy: "see what it asks for besides a password")
            silent.wasReached = true
            throw silent
        } catch {
            await stream.close()
            throw error
        }
        return stream
    }

    /// The prompt and the go-ahead are random, and not the session's marker: arguments can be seen by everyone on the
    /// host.
    private func command(shell: String, prompt: String, goAhead: String) -> String {
        let inner = "echo \(goAhead); exec \(shell)".singleQuoted
        let program = exe?.map(\.singleQuoted).joined(separator: " ") ?? method.rawValue
        // `-n` and `-S` are ours: a program that asks on a terminal would wait for ever.
        let given = flags?.filter { method == .su || $0 != "-n" && $0 != "-S" }
        let options = (given ?? (method == .sudo ? ["-H"] : [])).map { " " + $0.singleQuoted }.joined()
        return switch method {
        case .sudo where password == nil: "exec \(program) -n\(options) -u \(user.singleQuoted) sh -c \(inner)"
        case .sudo: "exec \(program) -S\(options) -p \(prompt) -u \(user.singleQuoted) sh -c \(inner)"
        case .doas: "exec \(program) -n\(options) -u \(user.singleQuoted) sh -c \(inner)"
        case .su: "exec env LC_ALL=C \(program)\(options) \(user.singleQuoted) -s /bin/sh -c \(inner)"
        }
    }

    private func converse(
        on stream: any CommandStream, prompt: String, goAhead: String, until deadline: ContinuousClock.Instant
    ) async throws {
        var said = ""
        var output = ""
        var answered = false
        func next() async throws -> OutputChunk? {
            do { return try await stream.read() } catch is Unreachable where ContinuousClock.now >= deadline {
                return nil
            }
        }
        while let chunk = try await next() {
            let text = String(decoding: chunk.bytes, as: UTF8.self)
            if chunk.stream == .stdout {
                output = String((output + text).suffix(4096))
            } else {
                said = String((said + text).suffix(4096))
            }
            if output.contains(goAhead + "\n") { return }
            guard asks(said, prompt) else { continue }
            guard !answered, let password else {
                throw Unreachable(
                    .become,
                    answered
                        ? "\(method.rawValue): wrong password for becoming \(user)"
                        : "\(method.rawValue) asks for a password to become \(user), and there is none",
                    remedy: "correct become_password")
            }
            var line = Array(password.reveal().utf8) + [UInt8(ascii: "\n")]
            defer { for index in line.indices { line[index] = 0 } }
            try await stream.write(line)
            answered = true
            said = ""
        }
        let status = (try? await stream.exitStatus()) ?? nil
        guard status != nil || ContinuousClock.now >= deadline else {
            throw Unreachable(.linkLost, "the link was lost while becoming \(user)")
        }
        throw refusal(said, status: status)
    }

    /// sudo shows the prompt that it was given; su's own ends in a colon.
    private func asks(_ said: String, _ prompt: String) -> Bool {
        switch method {
        case .sudo: said.contains(prompt)
        case .doas: false
        case .su: said.hasSuffix("assword: ")
        }
    }

    private func refusal(_ said: String, status: Int32?) -> Unreachable {
        let lines = said.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " } }.filter {
            !$0.isEmpty
        }
        let words = lines.joined(separator: "\n")
        let remedy: String? =
            switch said.lowercased() {
            case let text
            where text.contains("password is required") || text.contains("no askpass")
                || text.contains("authentication required"):
                "give become_password, or allow NOPASSWD for this user"
            case let text
            where text.contains("incorrect password") || text.contains("authentication failure")
                || text.contains("sorry, try again"):
                "correct become_password"
            case let text
            where text.contains("not in the sudoers") || text.contains("not allowed") || text.contains("may not run"):
                "allow this user to run sh as \(user) in sudoers"
            case let text where text.contains("must have a tty"): "remove requiretty from sudoers for this user"
            case let text where text.contains("not found"):
                "install \(method.rawValue) on the host, or choose another become_method"
            case let text where text.contains("unknown user") || text.contains("does not exist"):
                "create \(user) on the host, or correct become_user"
            default: nil
            }
        return Unreachable(
            .become,
            words.isEmpty
                ? "\(method.rawValue) ended\(status.map { " with status \($0)" } ?? "") without becoming \(user)"
                : "can't become \(user): \(words)", remedy: remedy)
    }
}
