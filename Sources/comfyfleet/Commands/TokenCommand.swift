import ArgumentParser
import Audit
import Redaction
import Runs
import Server
import YAML

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens for clients of the HTTP API: create, list, revoke.",
        discussion: """
            Each has a name, which the audit trail records with everything that is done with it, and says what its holder may do. A running server knows of it at once.

              comfyfleet token create dashboard
              comfyfleet token create ci --may read,run --playbook ollama --hosts 'gpu:!gpu-1' --expires 30d
              comfyfleet token list
              comfyfleet token revoke ci

            Only their hashes are kept, in \(TokenFile.defaultPath): a token is shown once. As long as that file exists, the API needs a token.
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Makes a token and prints it, once.")

        @Argument(help: "Its name: letters, digits, '.', '_' and '-'.") var name: String
        @Option(
            help: ArgumentHelp(
                "What it may do, with commas: read, check (start runs in check mode), run (start and cancel runs), secrets (names in the vault, the audit trail, rotation, choosing credentials and where they are sent).",
                valueName: "rights")) var may: [String] = ["read"]
        @Option(
            help: ArgumentHelp(
                "Only this playbook: the name of an installer, or a path; may be given several times.",
                valueName: "playbook")) var playbook: [String] = []
        @Option(
            help: ArgumentHelp(
                "Only hosts that this pattern matches; may be given several times.", valueName: "pattern")) var hosts:
            [String] = []
        @Option(
            help: ArgumentHelp("How long it is valid: 30d, 12h, 90m. Default: until it is revoked.", valueName: "time"))
        var expires: String?

        func validate() throws {
            _ = try rights()
            _ = try seconds()
            if playbook.contains("") || hosts.contains("") {
                throw ValidationError("--playbook and --hosts take a name or a pattern, not an empty text")
            }
        }

        func run() async throws {
            try await VaultSession.with { _, audit in
                let rights = try rights()
                let seconds = try seconds()
                let entry = AuditLog.Entry(
                    "api.token.created",
                    [
                        ("token", .text(redacted(name))),
                        (
                            "may",
                            .list(AccessRight.allCases.filter(rights.contains).map { .text(redacted($0.rawValue)) })
                        ),
                        ("playbooks", .list(playbook.map { .text(redacted($0)) })),
                        ("hosts", .list(hosts.map { .text(redacted($0)) })),
                        ("expires", .text(redacted(expires ?? "never"))),
                    ])
                let token = try await TokenFile().create(
                    name, rights: rights, lasting: seconds, playbooks: playbook.isEmpty ? nil : playbook,
                    hosts: hosts.isEmpty ? nil : hosts, noting: { try audit.append([entry]) })
                // The one time that it is shown, for which it must not be among the secrets of this process.
                Output.print(redacted(token.reveal()))
                Output.print(
                    "this token is shown only once; clients send it as: Authorization: Bearer TOKEN", to: .stderr)
            }
        }

        private func rights() throws -> Set<AccessRight> {
            let words = may.flatMap {
                $0.split(separator: ",").map { String($0.trimmingPrefix(while: \.isWhitespace)) }
            }
            let rights = words.compactMap(AccessRight.init)
            guard !words.isEmpty, rights.count == words.count else {
                throw ValidationError("--may takes \(AccessRight.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return Set(rights)
        }

        private func seconds() throws -> Double? {
            guard let expires else { return nil }
            let units: [Character: Double] = ["m": 60, "h": 3600, "d": 86400]
            guard let unit = expires.last.flatMap({ units[$0] }), let count = Int(expires.dropLast()),
                (1...1_000_000).contains(count)
            else {
                throw ValidationError("--expires takes a time such as 30d, 12h or 90m")
            }
            return Double(count) * unit
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists tokens with what they may do.")
        enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }
        @Option(help: "table, or json.") var format = Format.table

        func run() throws {
            let tokens = try TokenFile().tokens()
            switch format {
            case .json: Output.print(redacted(JSON.text(.list(tokens.map(json)), spaced: false)))
            case .table:
                var table = TextTable(["TOKEN", "MAY", "PLAYBOOKS", "HOSTS", "CREATED", "EXPIRES"])
                for token in tokens {
                    table.add([
                        token.name, words(token), token.playbooks?.joined(separator: ", ") ?? "all",
                        token.hosts?.joined(separator: ", ") ?? "all", WallClock.iso8601(token.created), expiry(token),
                    ])
                }
                Output.print(table.text(ComfyFleet.secrets))
            }
        }

        private func json(_ token: APIToken) -> Value {
            func list(_ texts: [String]?) -> Value { texts.map { .list($0.map { .string($0) }) } ?? .null }
            return .dict([
                "token": .string(token.name),
                "may": list(AccessRight.allCases.filter(token.rights.contains).map(\.rawValue)),
                "playbooks": list(token.playbooks), "hosts": list(token.hosts),
                "created": .string(WallClock.iso8601(token.created)),
                "expires": token.expires.map { .string(WallClock.iso8601($0)) } ?? .null,
                "expired": .bool(token.isExpired(at: WallClock.now)),
            ])
        }

        private func words(_ token: APIToken) -> String {
            AccessRight.allCases.filter(token.rights.contains).map(\.rawValue).joined(separator: ", ")
        }

        private func expiry(_ token: APIToken) -> String {
            guard let expires = token.expires else { return "never" }
            return (token.isExpired(at: WallClock.now) ? "expired " : "") + WallClock.iso8601(expires)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Makes a token invalid, at once.",
            discussion: "Runs that were started with it continue: see comfyfleet runs.")
        @Argument(help: "Its name.") var name: String

        func run() async throws {
            try await VaultSession.with { _, audit in
                try await TokenFile().revoke(
                    name,
                    noting: {
                        try audit.append([AuditLog.Entry("api.token.revoked", [("token", .text(redacted(name)))])])
                    })
                Output.print("the token \(redacted(name)) is revoked")
            }
        }
    }
}
