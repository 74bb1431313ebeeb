import Audit
import Glibc
import Hummingbird
import Redaction
import Vault
import YAML

/// `/api/security`: names in the vault, its key, the audit trail.
struct SecurityRoutes: Sendable {
    let store: SecretStore
    let limits: ServerSettings.Limits
    let trail: APITrail

    var all: [Route] {
        [
            Route(.get, "/api/security/secrets/providers", needs: .secrets) { _, _ in try await providers() },
            Route(.post, "/api/security/secrets/rotate", needs: .secrets) { request, context in
                try await rotate(request, context)
            },
            Route(.get, "/api/security/audit", needs: .secrets) { request, _ in try await audit(request) },
        ]
    }

    private func providers() async throws -> Response {
        let all = try await store.describeAll()
        return Answer.json(
            .object([
                "providers": .list(
                    all.map { provider in
                        .object([
                            "provider": trail.text(provider.provider), "present": .bool(provider.present),
                            "stored_keys": .list(provider.storedKeys.map(trail.text)),
                            "override_keys": .list(provider.overrideKeys.map(trail.text)),
                        ])
                    })
            ]))
    }

    private func rotate(_ request: Request, _ context: APIContext) async throws -> Response {
        var body = try await BodyFields(request, known: ["key"], limits: limits)
        let key = body.text("key", limit: 256).map { Secret($0) }
        try body.finish()
        // It goes before the key's file, so this process and all that it starts would be locked out.
        guard getenv(VaultFiles.keyVariable) == nil else {
            throw APIError(
                .conflict,
                [
                    "the server's key comes from the environment, which a rotation cannot change; rotate with: comfyfleet vault rotate"
                ])
        }
        try await trail.requested("api.rotate", context)
        let rotation: SecretStore.Rotation
        do { rotation = try await store.rotateKey(to: key) } catch let error as VaultError
            where error.code == .malformedKey && key != nil
        {
            throw APIError(.unprocessableContent, ["key: is no Fernet key (32 bytes as URL-safe base64)"])
        }
        return Answer.json(
            .object([
                "fingerprint": trail.text(rotation.fingerprint), "key_file": trail.text(rotation.keyFile),
                "providers": .list(rotation.providers.map(trail.text)),
            ]))
    }

    private func audit(_ request: Request) async throws -> Response {
        let limit = try request.number("limit", 1...10_000, else: 100)
        let event = request.text("event")
        let reader = AuditReader(path: trail.audit.path)
        let secrets = trail.secrets
        guard FileSystem.exists(reader.path) else { return Self.answer(entries: [], AuditReader.Verification()) }
        return try await blocking {
            let records = try reader.records(event: event, limit: limit, secrets: secrets)
            // A line that is no JSON object is shown as what it is: text.
            let entries: [RedactedJSON] = records.reversed().map { record in
                .object([
                    "line": .int(record.line),
                    "entry": record.fields.isEmpty
                        ? .text(record.text)
                        : .json(RedactedText(JSON.text(.dict(record.fields), spaced: false), secrets: secrets)),
                ])
            }
            return Self.answer(entries: entries, try reader.verify())
        }
    }

    private static func answer(entries: [RedactedJSON], _ chain: AuditReader.Verification) -> Response {
        let broken: RedactedJSON =
            chain.broken.map { .object(["line": .int($0.line), "problem": .text($0.problem)]) } ?? .null
        return Answer.json(
            .object([
                "entries": .list(entries),
                "chain": .object([
                    "intact": .bool(chain.broken == nil), "entries": .int(chain.entries), "head": .text(chain.head),
                    "broken": broken,
                    "unfinished_lines": .list(chain.unfinishedLines.map { .int($0) }),
                ]),
            ]))
    }
}
