import Foundation
import TestSupport
import Testing
import YAML

/// Marked secrets are sent through every route, in every field that takes one and in many that do not, also in bodies
/// that are malformed; then they are looked for in
/// answers, logs, run folders, manifests and the audit trail.
@Suite(.timeLimit(.minutes(4)))
struct SecretLeakTests {
    static let marked = "MARKEDsecret'9f\"x"
    static let stored = "MARKEDvault-value-77"

    @Test func `no answer, log, run folder or audit entry holds a secret that was sent or stored`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.serverInventory(fleet, hosts: 2)
                try place.write(
                    "playbooks/show.yml",
                    """
                    # Shows what it should not.
                    - hosts: all
                      gather_facts: no
                      tasks:
                        - shell: printf %s "$TOKEN"; printf %s "$TOKEN" | base64
                          environment: {TOKEN: "{{ secrets.huggingface.token }}"}
                        - debug: {msg: "{{ secrets.huggingface.token }}"}
                    """)
                try place.write(
                    "config/api.yml", "playbooks: {playbooks/show.yml: {variables: [token]}}\ninstallers: {show: }\n")
                let server = try await TestServer.start(in: place, token: "MARKEDtoken-0123456789")
                #expect(
                    try await place.comfyfleet("vault", "set", "huggingface", "token", input: Self.stored).status == 0)
                #expect(
                    try await place.comfyfleet(
                        "vault", "set", "remote_installer", "defaults.password", input: Self.marked
                    ).status == 0)

                var answers: [TestServer.Answer] = []
                let ssh: Value = .dict([
                    "password": .string(Self.marked), "become_password": .string(Self.marked),
                    "passphrase": .string(Self.marked),
                ])
                let key = "MARKEDkeyMARKEDkeyMARKEDkeyMARKEDkeyMARKED="
                let bodies: [(String, ValueMap)] = [
                    ("/api/remote/install", ["host": "gpu-1", "modules": ["show"], "ssh": ssh]),
                    ("/api/remote/install", ["host": "gpu-1", "modules": ["show"], "ssh": ssh, "dry_run": true]),
                    ("/api/remote/install", ["host": "127.0.9.9", "modules": ["show"], "ssh": ssh]),
                    (
                        "/api/remote/install",
                        [
                            "host": .string(Self.marked), "modules": [.string(Self.marked)],
                            "secrets": .string(Self.marked), "ssh": .dict(["port": .string(Self.marked)]),
                        ]
                    ),
                    ("/api/remote/install", ["host": "gpu-1", "modules": [.string(Self.marked)]]),
                    ("/api/remote/install", [Self.marked: .string(Self.marked)]),
                    ("/api/security/secrets/rotate", ["key": .string(key)]),
                    ("/api/security/secrets/rotate", ["key": .string(Self.marked)]),
                    ("/api/runs", ["playbook": "playbooks/show.yml", "ssh": ssh]),
                    (
                        "/api/runs",
                        [
                            "playbook": "playbooks/show.yml", "extra_vars": .dict(["token": .string(Self.marked)]),
                            "start_at_task": "none",
                        ]
                    ),
                    (
                        "/api/runs",
                        [
                            "playbook": .string(Self.marked), "inventory": .string(Self.marked),
                            "tags": .string(Self.marked), "forks": .string(Self.marked),
                        ]
                    ),
                    (
                        "/api/runs",
                        [
                            "playbook": "playbooks/show.yml", "limit": .string("gpu-1:&\(Self.marked),MARKEDhost"),
                            "ssh": ssh,
                        ]
                    ),
                    ("/api/runs", ["playbook": "playbooks/show.yml", "start_at_task": .string(Self.marked)]),
                    (
                        "/api/remote/install",
                        ["host": "gpu-1", "modules": ["show"], "extra_vars": .string(Self.marked)]
                    ),
                    ("/api/runs/last/cancel", ["leave": .string(Self.marked)]),
                ]
                for (path, body) in bodies { answers.append(try await server.post(path, body)) }
                #expect(answers[0].json["status"] == "installed", "\(answers[0].text)")
                #expect(answers[1].json["status"] == "dry_run", "\(answers[1].text)")
                #expect(answers[2].json["status"] == "failed", "\(answers[2].text)")
                #expect(answers[8].status == 202, "\(answers[8].text)")

                let text = JSON.text(.dict(["host": "gpu-1", "ssh": ssh]))
                for path in [
                    "/api/remote/install", "/api/security/secrets/rotate", "/api/runs", "/api/runs/last/cancel",
                ] {
                    // Cut off anywhere, in pieces, in the wrong place, not UTF-8's length: nothing of it comes back.
                    for length in stride(from: 1, to: text.count, by: 7) {
                        answers.append(try await server.send("POST", path, String(text.prefix(length))))
                    }
                    for body in [
                        Self.marked, "\"\(Self.marked)\"", "[\"\(Self.marked)\"]", "{\"\(Self.marked)\": }",
                        "{\"host\": \(Self.marked)}",
                    ] {
                        answers.append(try await server.send("POST", path, body))
                        answers.append(
                            try await server.send("POST", path, body, headers: ["Content-Type": Self.marked]))
                    }
                }
                let query = "MARKEDquery"
                for path in [
                    "/api/runs/\(query)", "/api/runs/last/hosts/\(query)/log?from=\(query)",
                    "/api/runs/last/events?after=\(query)", "/api/runs?limit=\(query)", "/\(query)",
                    "/api/security/audit?limit=\(query)", "/api/security/audit?event=\(query)",
                    "/api/remote/status?host=\(query)", "/api/resolve?limit=\(query)", "/api/resolve",
                    "/api/remote/modules",
                    "/api/remote/status", "/api/security/secrets/providers", "/api/security/audit", "/api/runs",
                    "/api/runs/last", "/api/runs/last/events",
                    "/api/runs/last/hosts/gpu-1/log", "/api/openapi.json", "/",
                ] {
                    answers.append(try await server.get(path))
                    answers.append(
                        try await server.get(
                            path, headers: ["Authorization": "", "X-Marked": Self.marked, "Last-Event-ID": query]))
                }
                answers.append(try await server.get("/api/runs/last/events", headers: ["Last-Event-ID": query]))
                answers.append(try await server.get("/api/runs", headers: ["Authorization": "Bearer MARKEDwrong"]))
                for request in [
                    "GET /\(query) HTTP/1.1\r\nHost: x\r\nX: \(query)", "\(query) \(query)\r\n\r\n",
                    "GET / HTTP/1.1\r\n\(query)\r\n\r\n", "GET / HTTP/9.9 \(query)\r\n\r\n",
                ] {
                    let text = try await server.raw(request + "\r\nConnection: close\r\n\r\n")
                    #expect(!text.contains("MARKED"), "\(request): \(text)")
                }
                for answer in answers {
                    #expect(
                        !answer.text.contains("MARKED") && !answer.headers.values.contains { $0.contains("MARKED") },
                        "\(answer)")
                    #expect(answer.status < 500, "\(answer)")
                }
                let base64 = Data(Self.stored.utf8).base64EncodedString()
                #expect(!answers.contains { $0.text.contains(base64) })
                try await server.stop()
                #expect(
                    !server.program.errors.contains("MARKED") && !server.program.output.contains("MARKED"),
                    "\(server.program.errors)")
                #expect(try place.files(holding: "MARKED") == [])
                #expect(try place.files(holding: base64) == [])
                #expect(
                    server.program.errors.contains("POST /api/remote/install 200"),
                    "the log was written: \(server.program.errors)")
            }
        }
    }
}
