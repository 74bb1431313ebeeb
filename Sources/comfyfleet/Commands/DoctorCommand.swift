import ArgumentParser
import Audit
import Glibc
import Hooks
import Redaction
import Runs
import SSH
import Support
import Vault
import YAML

/// Looks at this machine: what the SSH library can do, and whether vault, key, audit trail and logs are as they should
/// be.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks for what is missing or wrong on this machine.",
        discussion:
            "Ends with 1 when something must be fixed before hosts can be reached. Reads the vault, which the audit trail notes; shows no value."
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }
    @Option(help: "text or json.") var format = Format.text

    /// One thing that was looked at.
    struct Finding {
        enum State: String { case good, note, bad }
        var state: State
        var subject: String
        var what: String
        var remedy: String?
    }

    func run() async throws {
        var findings = Self.library() + Self.agent() + Self.limits()
        // Looked at before the vault is opened, which writes there.
        let audit = Self.audit() + Self.sinks()
        findings += await Self.vault()
        findings += audit + Self.logs() + Self.knownHosts() + Self.hooks()
        switch format {
        case .text: show(findings)
        case .json: showJSON(findings)
        }
        if findings.contains(where: { $0.state == .bad }) { throw CommandExit.badConfiguration }
    }

    private static func library() -> [Finding] {
        guard let library = Capabilities() else {
            return [Finding(state: .bad, subject: "libssh2", what: "can't make a session", remedy: "reinstall libssh2")]
        }
        var findings = [Finding(state: .good, subject: "libssh2", what: "version \(library.version)")]
        findings.append(Finding(state: .good, subject: "key types", what: "ed25519, ECDSA, RSA"))
        let missing =
            (library.hasAESGCM ? [] : ["AES-GCM ciphers"]) + (library.forwardsAgent ? [] : ["agent forwarding"])
        if !missing.isEmpty {
            findings.append(
                Finding(
                    state: .note, subject: "libssh2 lacks", what: missing.joined(separator: ", "),
                    remedy: "libssh2 1.11 has them"))
        }
        findings.append(
            Finding(state: .good, subject: "ciphers", what: library.ciphers.prefix(4).joined(separator: ", ")))
        return findings
    }

    private static func agent() -> [Finding] {
        guard let path = VaultSession.environment["SSH_AUTH_SOCK"], !path.isEmpty else {
            return [
                Finding(
                    state: .note, subject: "ssh-agent", what: "none (SSH_AUTH_SOCK is not set)",
                    remedy: "keys come from the vault, the inventory or ~/.ssh")
            ]
        }
        return [
            access(path, R_OK | W_OK) == 0
                ? Finding(state: .good, subject: "ssh-agent", what: "at \(path)")
                : Finding(
                    state: .note, subject: "ssh-agent", what: "SSH_AUTH_SOCK names \(path), which can't be used",
                    remedy: "start ssh-agent, or unset SSH_AUTH_SOCK")
        ]
    }

    private static func limits() -> [Finding] {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return [] }
        let hosts = Int(clamping: limit.rlim_max) - 64
        return [
            Finding(
                state: hosts >= 1000 ? .good : .note, subject: "open files",
                what:
                    "at most \(limit.rlim_max), enough for about \(max(0, hosts)) \(hosts == 1 ? "host" : "hosts") at once",
                remedy: hosts >= 1000 ? nil : "raise the hard limit: ulimit -Hn, or LimitNOFILE= of the service")
        ]
    }

    private static func vault() async -> [Finding] {
        let files = VaultFiles()
        var findings: [Finding] = []
        for (subject, path) in [("vault", files.vault), ("vault key", files.key)] {
            if subject == "vault key", VaultSession.environment[VaultFiles.keyVariable] != nil {
                findings.append(Finding(state: .good, subject: subject, what: "from \(VaultFiles.keyVariable)"))
            } else {
                findings.append(
                    file(
                        subject, path, for: .secret,
                        "it was open to others: if they use this machine, make a new key with comfyfleet vault rotate")
                        ?? Finding(
                            state: .note, subject: subject, what: "there is none at \(path)",
                            remedy: "comfyfleet vault init"))
            }
        }
        for path in [files.journalKeys, files.stateKey] {
            if let found = file(
                "journals' key", path, for: .secret,
                "it was open to others, who may have read what journals of runs hold")
            {
                findings.append(found)
            }
        }
        for folder in Set([files.vault, files.key].map { PrivateFile.folder(of: $0) }).sorted() {
            var status = stat()
            // Who may write there may put things beside these, also where they can't be replaced.
            if stat(folder, &status) == 0, status.st_mode & 0o002 != 0 {
                findings.append(
                    Finding(
                        state: .bad, subject: "vault's folder", what: "\(folder) can be written by everybody",
                        remedy: "chmod o-w \(folder)"))
            }
        }
        guard access(files.vault, F_OK) == 0 else { return findings }
        do {
            let providers = try await VaultSession.with { store, _ in try await store.describeAll() }
            findings.append(
                Finding(
                    state: .good, subject: "vault opens",
                    what: providers.count == 1 ? "1 provider" : "\(providers.count) providers"))
        } catch {
            findings.append(Finding(error, "vault opens"))
        }
        return findings
    }

    /// Opens a file as the program does, which puts a wider mode right; nil when there is none.
    ///
    /// - Parameter remedy: for what others may have seen.
    private static func file(
        _ subject: String, _ path: String, for purpose: FilePurpose, _ remedy: String? = nil
    ) -> Finding? {
        do throws(FileProblem) {
            let opened = try PrivateFile.open(path, for: purpose, purpose == .program ? PrivateFile.toLookAt : O_RDONLY)
            guard let mode = opened.widerMode else { return Finding(state: .good, subject: subject, what: path) }
            return Finding(
                state: .bad, subject: subject,
                what:
                    "\(path) was open to others (mode \(String(mode, radix: 8))); it is \(String(mode & 0o700, radix: 8)) now",
                remedy: remedy)
        } catch {
            if error.isMissing { return nil }
            return Finding(error, subject, remedy: "check its owner and mode")
        }
    }

    private static func hooks() -> [Finding] {
        HookEvent.allCases.compactMap { event in file("hook", "config/hooks/\(event.rawValue)", for: .program) }
            + ["config/hooks.yml"].compactMap { file("webhooks", $0, for: .settings) }
    }

    private static func sinks() -> [Finding] {
        do {
            return try AuditSinkFile.load().sinks.map { sink in
                Finding(
                    state: .good, subject: "audit sink",
                    what: "\(sink.name): \(sink.isRequired ? "nothing is done without it" : "may fail")")
            }
        } catch {
            return error.all.map { Finding($0, "audit sinks") }
        }
    }

    private static func audit() -> [Finding] {
        let path = AuditLog.path(in: VaultSession.environment)
        guard
            let opened = file(
                "audit trail", path, for: .secret,
                "it was open to others: compare its head with one that was kept elsewhere (audit verify --contains)")
        else {
            return [Finding(state: .note, subject: "audit trail", what: "nothing yet at \(path)")]
        }
        if opened.state == .bad { return [opened] }
        do {
            let check = try AuditReader(path: path).verify()
            if let broken = check.broken {
                return [
                    Finding(
                        state: .bad, subject: "audit trail", what: "\(path): line \(broken.line): \(broken.problem)",
                        remedy: "keep the file as it is and find out who changed it; move it away to begin a new one")
                ]
            }
            guard access(path, W_OK) == 0 else {
                return [
                    Finding(
                        state: .bad, subject: "audit trail", what: "\(path) can't be written",
                        remedy: "check its owner and mode")
                ]
            }
            return [
                Finding(
                    state: .good, subject: "audit trail",
                    what: "\(path): \(check.entries == 1 ? "1 entry" : "\(check.entries) entries"), the chain is whole")
            ]
        } catch {
            return [Finding(error, "audit trail")]
        }
    }

    private static func logs() -> [Finding] {
        let folder: String = ["logs/runs", "logs", "."].first { (path: String) in access(path, F_OK) == 0 } ?? "."
        return [
            access(folder, W_OK) == 0
                ? Finding(state: .good, subject: "run folders", what: "below logs/runs")
                : Finding(
                    state: .bad, subject: "run folders", what: "\(folder) can't be written",
                    remedy: "check its owner and mode")
        ]
    }

    private static func knownHosts() -> [Finding] {
        let home = VaultSession.environment["HOME"] ?? ""
        let found = [home + "/.ssh/known_hosts", "config/known_hosts"].compactMap {
            file("host keys", $0, for: .settings)
        }
        let bad = found.filter { $0.state == .bad }
        let present = found.filter { $0.state == .good }.map(\.what)
        return bad + [
            present.isEmpty
                ? Finding(
                    state: .note, subject: "host keys", what: "no known_hosts file",
                    remedy: "--accept-new-host-keys on the first run, once you know that the network is yours")
                : Finding(state: .good, subject: "host keys", what: present.joined(separator: ", "))
        ]
    }

    private func show(_ findings: [Finding]) {
        let width = findings.map(\.subject.count).max() ?? 0
        for finding in findings {
            let mark =
                switch finding.state {
                case .good: "ok  "
                case .note: "note"
                case .bad: "BAD "
                }
            let subject = finding.subject + String(repeating: " ", count: width - finding.subject.count)
            Output.print(redacted("\(mark)  \(subject)  \(finding.what)"))
            if let remedy = finding.remedy {
                Output.print(redacted("      \(String(repeating: " ", count: width))  → \(remedy)"))
            }
        }
    }

    private func showJSON(_ findings: [Finding]) {
        let list = findings.map { finding in
            Value.dict([
                "state": .string(finding.state.rawValue), "subject": .string(redacted(finding.subject).description),
                "what": .string(redacted(finding.what).description),
                "remedy": finding.remedy.map { .string(redacted($0).description) } ?? .null,
            ])
        }
        Output.print(redacted(JSON.text(.dict(["findings": .list(list)]))))
    }
}

extension DoctorCommand.Finding {
    /// What stands in the way.
    ///
    /// - Parameter remedy: where the error has none.
    fileprivate init(_ error: any Error, _ subject: String, remedy: String? = nil) {
        let explained = error as? any ExplainedError
        self.init(
            state: .bad, subject: subject, what: explained?.problemAtPlace ?? "\(error)",
            remedy: explained?.remedy ?? remedy)
    }
}
