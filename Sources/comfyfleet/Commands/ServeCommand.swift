import ArgumentParser
import Audit
import Redaction
import Server
import Vault
import YAML

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves the HTTP API and the page that shows runs in progress.",
        discussion: """
            On this machine's loopback unless set otherwise. Clients give a token (Authorization: Bearer …): one of comfyfleet token create, each with what it may do, or \
            the one that the vault has as server.token, which may do everything. Without any, everybody on this machine may use the API. Listening elsewhere takes a token and TLS.

              comfyfleet token create dashboard
              comfyfleet serve
              comfyfleet serve --host 0.0.0.0 --tls-certificate fleet.pem --tls-key fleet.key

            Ctrl-C or SIGTERM stops the server, and no run: each is a process of its own. docs/api.md has the API, /api/openapi.json its description for programs.
            """)

    @Option(help: ArgumentHelp("Address to listen on.", valueName: "address")) var host = ServerSettings().host
    @Option(help: ArgumentHelp("Port to listen on; 0 takes a free one.", valueName: "number")) var port =
        ServerSettings().port
    @Option(
        help: ArgumentHelp("PEM file of the certificate and those that lead to its authority.", valueName: "path"),
        completion: .file()) var tlsCertificate: String?
    @Option(help: ArgumentHelp("PEM file of the certificate's key.", valueName: "path"), completion: .file())
    var tlsKey: String?
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Inventory for requests that name none; may be given several times.",
            discussion: "Default: config/inventory.yml.", valueName: "path"), completion: .file())
    var inventory: [String] = []
    @Flag(help: "Put a new random token into the vault, and end.") var makeToken = false

    private static let provider = "server", field = "token"

    func run() async throws {
        try await VaultSession.with { store, audit in
            if makeToken { return try await newToken(store) }
            var settings = ServerSettings()
            settings.host = host
            settings.port = port
            settings.certificate = tlsCertificate
            settings.privateKey = tlsKey
            if !inventory.isEmpty { settings.inventory = inventory }
            settings.token = try await token(store)
            let server = try FleetServer(settings, store: store, audit: audit, secrets: ComfyFleet.secrets)
            if settings.token == nil, !settings.tokens.exists {
                Output.print(
                    "warning: there is no token: every user of this machine may use the API; make one with: comfyfleet token create NAME",
                    to: .stderr)
            }
            try await server.run { url in Output.print("listening on \(redacted(url))") }
        }
    }

    /// nil when the vault, or the environment, has none. A vault that has no key yet has none either.
    private func token(_ store: SecretStore) async throws -> Secret<String>? {
        guard let value = try await store.get(Self.provider)[Self.field] else { return nil }
        guard let text = value.string else {
            throw Diagnostics([
                Diagnostic(
                    "server.token in the vault is no text", at: nil,
                    remedy: "make one with: comfyfleet serve --make-token")
            ])
        }
        return Secret(text)
    }

    private func newToken(_ store: SecretStore) async throws {
        let token = try ServerToken.make()
        try await store.update(Self.provider, [Self.field: .string(token.reveal())])
        Output.print(
            "server.token is in the vault; it holds from the server's next start on. Show it with: comfyfleet vault get server token --reveal"
        )
    }
}
