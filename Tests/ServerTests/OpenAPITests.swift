import Audit
import Foundation
import Redaction
import TestSupport
import Testing
import Vault
import YAML

@testable import Server

/// The description of the API says what the API does.
@Suite(.timeLimit(.minutes(3)))
struct OpenAPITests {
    private static func description() throws -> ValueMap {
        try #require(try JSON.parse(PackageResources.openapi_json).map)
    }

    @Test func `every route is described, and nothing else is`() throws {
        let audit = AuditLog(path: "/nonexistent/security.log")
        let secrets = SecretSet()
        let store = SecretStore(
            files: VaultFiles(vault: "/nonexistent/vault", key: "/nonexistent/key"), environment: [:], audit: audit,
            secrets: secrets)
        let routes = try FleetServer(ServerSettings(), store: store, audit: audit, secrets: secrets).routes
        let paths = try #require(try Self.description()["paths"]?.map)
        var described: Set<String> = []
        var open: Set<String> = []
        for (path, item) in paths.pairs {
            for (method, operation) in item.map?.pairs ?? [:] {
                let name = "\((method.string ?? "").uppercased()) \(path.string ?? "")"
                described.insert(name)
                if operation.map?["security"]?.list == [] { open.insert(name) }
            }
        }
        #expect(Set(routes.map { "\($0.method.rawValue) \($0.path)" }) == described)
        #expect(Set(routes.filter { $0.right == nil }.map { "\($0.method.rawValue) \($0.path)" }) == open)
    }

    @Test func `answers are what the description says`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.serverInventory(fleet, hosts: 2, variables: ["lab": place.folder])
                try place.write(
                    "playbooks/touch.yml",
                    "# Touches a file. Twice.\n- hosts: all\n  gather_facts: no\n  tasks:\n    - file: {path: '{{ lab }}/touched', state: touch}\n"
                )
                try place.write(
                    "config/api.yml",
                    "playbooks: {playbooks/touch.yml: }\ninstallers: {touch: {variables: [touch_mode]}}\n")
                let server = try await TestServer.start(in: place)
                let schema = SchemaCheck(try Self.description())
                func check(
                    _ method: String, _ path: String, _ pattern: String? = nil, _ body: ValueMap? = nil,
                    status: Int = 200, token: Bool = true
                ) async throws -> ValueMap {
                    let answer = try await server.send(
                        method, path, body.map { JSON.text(.dict($0)) }, headers: token ? [:] : ["Authorization": ""])
                    #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                    let problems = schema.problems(
                        method.lowercased(), pattern ?? path, status: answer.status, .dict(answer.json))
                    #expect(problems == [], "\(method) \(path): \(answer.text)")
                    return answer.json
                }
                _ = try await check("GET", "/api/remote/modules")
                let install: ValueMap = ["host": "gpu-1", "modules": ["touch"]]
                let dry = try await check(
                    "POST", "/api/remote/install", nil,
                    install.adding("dry_run", true).adding("extra_vars", .dict(["touch_mode": "0600"])))
                #expect(dry["status"] == "dry_run")
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: place.folder + "/data/remote/install").isEmpty,
                    "a dry run leaves nothing behind")
                #expect(try await check("POST", "/api/remote/install", nil, install)["status"] == "installed")
                _ = try await check("POST", "/api/remote/install", nil, ["host": "gpu-1"], status: 422)
                for group in ["all", "gpu"] {
                    let answer = try await check(
                        "POST", "/api/remote/install", nil, install.adding("host", .string(group)))
                    #expect(
                        answer["status"] == "failed", "a group's name is taken for a host's, which is none: \(answer)")
                    #expect(
                        try await server.get("/api/runs/\(answer["run"]?.string ?? "")").json["host_count"] == .int(1))
                }
                _ = try await check("GET", "/api/remote/status")
                _ = try await check("GET", "/api/remote/status?host=gpu-1", "/api/remote/status")
                _ = try await check("GET", "/api/remote/status?host=gpu-9", "/api/remote/status", status: 404)
                let run = try await check(
                    "POST", "/api/runs", nil, ["playbook": "playbooks/touch.yml", "check": true], status: 202)
                let id = try #require(run["run"]?.string)
                let events = TestServer.events(try await server.get("/api/runs/\(id)/events"))
                #expect(events.last?.name == "end")
                _ = try await check("GET", "/api/runs?limit=1", "/api/runs")
                _ = try await check("GET", "/api/runs/\(id)", "/api/runs/{id}")
                _ = try await check("GET", "/api/runs/nothing", "/api/runs/{id}", status: 404)
                _ = try await check("GET", "/api/runs/\(id)/hosts/gpu-2/log", "/api/runs/{id}/hosts/{host}/log")
                _ = try await check("POST", "/api/runs/\(id)/cancel", "/api/runs/{id}/cancel", status: 409)
                _ = try await check("GET", "/api/security/secrets/providers")
                _ = try await check("POST", "/api/security/secrets/rotate", nil, [:])
                _ = try await check("GET", "/api/security/audit?limit=20", "/api/security/audit")
                _ = try await check("GET", "/api/security/audit?limit=0", "/api/security/audit", status: 400)
                _ = try await check("GET", "/api/resolve")
                #expect(try await check("GET", "/api/schedules") == ["jobs": [], "next": [], "daemon": .null])
                try place.write(
                    "config/schedules.yml",
                    "jobs:\n  nightly: {cron: '30 2 * * *', time_zone: UTC, playbook: playbooks/touch.yml}\n")
                let schedules = try await check("GET", "/api/schedules")
                #expect(schedules["jobs"]?.list?.first?.map?["job"] == "nightly", "\(schedules)")
                #expect(schedules["next"]?.list?.count == 20)
                _ = try await check("GET", "/api/resolve?limit=nobody", "/api/resolve", status: 422)
                _ = try await check("GET", "/api/runs", status: 401, token: false)
                try await server.stop()
            }
        }
    }
}

extension ValueMap {
    fileprivate func adding(_ name: String, _ value: Value) -> ValueMap {
        var map = self
        map[name] = value
        return map
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral text: String) { self = .string(text) }
    package init(arrayLiteral items: Value...) { self = .list(items) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
    package init(extendedGraphemeClusterLiteral text: String) { self = .string(text) }
    package init(unicodeScalarLiteral text: String) { self = .string(text) }
}
