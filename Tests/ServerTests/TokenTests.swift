import Foundation
import Redaction
import TestSupport
import Testing
import Vault
import YAML

@testable import Server

/// Tokens of `comfyfleet token`: what each may do, on every route, and for how long.
@Suite(.timeLimit(.minutes(4)))
struct TokenTests {
    private static let playbook = "- hosts: all\n  gather_facts: no\n  tasks:\n    - debug: {msg: hi}\n"

    /// A server on hosts that are this machine, with playbooks `one` and `two`.
    private func with(_ body: (Workplace, TestServer) async throws -> Void) async throws {
        try await Workplace.with { place in
            try place.write(
                "config/inventory.yml", "gpu: {vars: {ansible_connection: local}, hosts: {gpu-1: , gpu-2: }}\n")
            for name in ["one", "two"] { try place.write("playbooks/\(name).yml", Self.playbook) }
            try place.write(
                "config/api.yml", "playbooks: {playbooks/one.yml: , playbooks/two.yml: }\ninstallers: {one: , two: }\n")
            let server = try await TestServer.start(in: place)
            try await body(place, server)
            try await server.stop()
        }
    }

    private func token(_ place: Workplace, _ arguments: String...) async throws -> [String: String] {
        let program = Workplace.program
        let environment = place.environment()
        let folder = place.folder
        let created = try await offPool {
            try outcome(of: program, ["token", "create"] + arguments, environment: environment, folder: folder)
        }
        guard created.status == 0 else { throw TestFailure(description: created.stderr) }
        return ["Authorization": "Bearer " + created.stdout.trimmingCharacters(in: .newlines)]
    }

    @Test func `each route takes its right, a token without it is told which, and the trail names the token`()
        async throws
    {
        try await with { place, server in
            let id = try #require(
                try await server.post("/api/runs", ["playbook": "playbooks/one.yml", "check": true]).json["run"]?.string
            )
            _ = try await server.get("/api/runs/\(id)/events")
            let run: ValueMap = ["playbook": "playbooks/one.yml"]
            let check: ValueMap = ["playbook": "playbooks/one.yml", "check": true]
            let install: ValueMap = ["host": "gpu-1", "modules": "one"]
            let dry: ValueMap = ["host": "gpu-1", "modules": "one", "dry_run": true]
            let key: ValueMap = [
                "playbook": "playbooks/one.yml", "check": true, "ssh": .dict(["identity": "config/key"]),
            ]
            let block: ValueMap = [
                "host": "gpu-1", "modules": "one", "dry_run": true, "credentials": .dict(["provider": "other"]),
            ]
            try place.write("inventories/other.yml", "all: {hosts: {gpu-1: {ansible_connection: local}}}\n")
            // What says where stored credentials go, or whose keys are believed.
            var choosing: [(path: String, body: ValueMap)] = [
                ("/api/runs", ["playbook": "playbooks/one.yml", "check": true, "inventory": "inventories/other.yml"])
            ]
            for (name, value) in [
                ("port", .int(2222)), ("user", "mallory"), ("become_user", "mallory"), ("accept_new_host_keys", true),
                ("identity", "config/key"),
            ] as [(String, Value)] {
                var ssh: ValueMap = [:]
                ssh[name] = value
                choosing.append(("/api/runs", ["playbook": "playbooks/one.yml", "check": true, "ssh": .dict(ssh)]))
                choosing.append(
                    ("/api/remote/install", ["host": "gpu-1", "modules": "one", "dry_run": true, "ssh": .dict(ssh)]))
            }
            for host in ["10.9.8.7", "GPU-1", "gpu"] {
                choosing.append(("/api/remote/install", ["host": .string(host), "modules": "one", "dry_run": true]))
            }
            var requests: [(method: String, path: String, body: ValueMap?, rights: Set<AccessRight>)] = [
                ("GET", "/api/runs", nil, [.read]), ("GET", "/api/runs/\(id)", nil, [.read]),
                ("GET", "/api/runs/\(id)/events", nil, [.read]),
                ("GET", "/api/runs/\(id)/hosts/gpu-1/log", nil, [.read]),
                ("GET", "/api/remote/modules", nil, [.read]), ("GET", "/api/remote/status", nil, [.read]),
                ("GET", "/api/resolve", nil, [.read]), ("GET", "/api/schedules", nil, [.read]),
                ("POST", "/api/runs", run, [.run]), ("POST", "/api/runs", check, [.check, .run]),
                ("POST", "/api/remote/install", install, [.run]), ("POST", "/api/remote/install", dry, [.check, .run]),
                ("POST", "/api/runs/\(id)/cancel", nil, [.check, .run]), ("POST", "/api/runs", key, []),
                ("POST", "/api/remote/install", block, []),
                ("GET", "/api/security/secrets/providers", nil, [.secrets]),
                ("GET", "/api/security/audit", nil, [.secrets]),
                ("POST", "/api/security/secrets/rotate", [:], [.secrets]),
            ]
            for (path, body) in choosing { requests.append(("POST", path, body, [])) }
            for right in AccessRight.allCases {
                let token = try await token(place, right.rawValue, "--may", right.rawValue)
                for request in requests {
                    let answer = try await server.send(
                        request.method, request.path, request.body.map { JSON.text(.dict($0)) }, headers: token)
                    #expect(
                        (answer.status == 403) == !request.rights.contains(right),
                        "\(right): \(request.method) \(request.path): \(answer.status) \(answer.text)")
                    if answer.status == 403 {
                        #expect(answer.problems.first?.contains("it lacks '") == true, "\(answer.text)")
                    }
                }
            }
            let sending = try await token(place, "sending", "--may", "run,secrets")
            let own: Value = .dict(["password": "of-the-client", "connect_timeout": .int(5)])
            for (path, body) in choosing {
                #expect(try await server.post(path, body, headers: sending).status != 403, "\(body)")
            }
            let checking = try await token(place, "checking", "--may", "check")
            #expect(
                try await server.post(
                    "/api/runs", ["playbook": "playbooks/one.yml", "check": true, "ssh": own], headers: checking
                ).status == 202, "credentials of its own")
            #expect(
                try await server.post(
                    "/api/remote/install", ["host": "gpu-1", "modules": "one", "dry_run": true, "ssh": own],
                    headers: checking
                ).status == 200)
            let learning = try await token(place, "learning", "--may", "check,secrets")
            #expect(
                try await server.post(
                    "/api/runs",
                    ["playbook": "playbooks/one.yml", "check": true, "ssh": .dict(["accept_new_host_keys": true])],
                    headers: learning
                ).status == 403, "later runs trust them")
            let trail = try place.read("logs/security.log").split(separator: "\n")
            #expect(trail.contains { $0.contains("\"api.run\"") && $0.contains("\"token\":\"run\"") })
            #expect(
                trail.contains {
                    $0.contains("\"api.denied\"") && $0.contains("\"token\":\"read\"") && $0.contains("POST /api/runs")
                })
            #expect(trail.contains { $0.contains("\"api.run\"") && $0.contains("\"token\":\"vault\"") })
            #expect(trail.contains { $0.contains("\"api.token.created\"") && $0.contains("\"token\":\"check\"") })
        }
    }

    @Test func `a token that is refused again and again fills no trail, and the trail tells how often it was`()
        async throws
    {
        try await with { place, server in
            let token = try await token(place, "dashboard")
            for _ in 0..<20 {
                #expect(try await server.post("/api/runs", ["playbook": "one"], headers: token).status == 403)
            }
            for _ in 0..<5 { #expect(try await server.get("/api/security/audit", headers: token).status == 403) }
            try await server.stop()
            let denied = try place.read("logs/security.log").split(separator: "\n").compactMap {
                try? JSON.parse(Array($0.utf8)).map
            }.filter { $0["event"] == "api.denied" }
            #expect(
                denied.count == 2 && denied.first?["route"] == "POST /api/runs" && denied.last?["repeated"] == .int(24),
                "\(denied)")
            #expect(
                denied.last?["routes"]?.map == ["GET /api/security/audit": .int(5), "POST /api/runs": .int(19)],
                "\(denied)")
        }
    }

    @Test func `a token for some playbooks and hosts starts, sees and stops nothing else`() async throws {
        try await with { place, server in
            let mine = try await token(place, "mine", "--may", "read,run", "--playbook", "one", "--hosts", "gpu-1")
            var others: [String] = []
            for body: ValueMap in [
                ["playbook": "playbooks/two.yml", "limit": "gpu-1"], ["playbook": "playbooks/one.yml"],
            ] {
                #expect(try await server.post("/api/runs", body, headers: mine).status == 403)
                let id = try #require(try await server.post("/api/runs", body).json["run"]?.string)
                _ = try await server.get("/api/runs/\(id)/events")
                others.append(id)
            }
            #expect(
                try await server.post("/api/runs", ["playbook": "one", "limit": "gpu-1,gpu-2"], headers: mine).problems
                    == ["the token is not for 1 of these 2 hosts"])
            try place.write("inventories/other.yml", "all: {hosts: {gpu-1: {ansible_connection: local}}}\n")
            #expect(
                try await server.post(
                    "/api/runs", ["playbook": "one", "inventory": "inventories/other.yml"], headers: mine
                ).status == 403, "its pattern is one of the server's inventory")
            #expect(
                try await server.post("/api/remote/install", ["host": "gpu-2", "modules": "one"], headers: mine)
                    .problems == ["the token is not for this host"])
            #expect(
                try await server.post("/api/remote/install", ["host": "10.9.8.7", "modules": "one"], headers: mine)
                    .status == 403, "a host that is in no inventory")
            let most = try await token(place, "most", "--may", "run", "--hosts", "all:!gpu-2")
            #expect(
                try await server.post(
                    "/api/remote/install", ["host": "127.0.0.1", "modules": "one", "dry_run": true], headers: most
                ).status == 403, "it may be gpu-2's address")
            let started = try await server.post("/api/runs", ["playbook": "one", "limit": "gpu-1"], headers: mine)
            let id = try #require(started.json["run"]?.string, "\(started.text)")
            #expect(
                TestServer.events(try await server.get("/api/runs/\(id)/events", headers: mine)).last?.name == "end")
            #expect(
                try await server.post("/api/remote/install", ["host": "gpu-1", "modules": "ONE"], headers: mine).status
                    == 200)

            for other in others {
                for path in ["", "/events", "/hosts/gpu-1/log"] {
                    #expect(try await server.get("/api/runs/\(other)\(path)", headers: mine).status == 403, "\(path)")
                }
                #expect(try await server.post("/api/runs/\(other)/cancel", headers: mine).status == 403)
            }
            let listed =
                try await server.get("/api/runs", headers: mine).json["runs"]?.list?.compactMap {
                    $0.map?["run"]?.string
                } ?? []
            #expect(listed.contains(id) && !others.contains(where: listed.contains), "\(listed)")
            #expect(
                try await server.get("/api/remote/modules", headers: mine).json["modules"]?.list?.compactMap {
                    $0.map?["module"]
                } == ["one"])
            _ = try await server.post("/api/remote/install", ["host": "gpu-2", "modules": "one"])
            #expect(
                try await server.get("/api/remote/status", headers: mine).json["hosts"]?.list?.compactMap {
                    $0.map?["host"]
                } == ["gpu-1"])
            #expect(try await server.get("/api/remote/status?host=gpu-2", headers: mine).status == 403)
            #expect(try await server.get("/api/resolve", headers: mine).status == 403)
            #expect(try await server.get("/api/resolve?limit=gpu-1", headers: mine).status == 200)
            #expect(try await server.get("/api/schedules", headers: mine).status == 403)
        }
    }

    @Test func `a token for some playbooks sees no other installs and no report of all hosts`() async throws {
        try await with { place, server in
            let mine = try await token(place, "mine", "--may", "read", "--playbook", "one")
            for (host, module) in [("gpu-1", "two"), ("gpu-1", "one"), ("gpu-2", "two")] {
                #expect(
                    try await server.post("/api/remote/install", ["host": .string(host), "modules": .string(module)])
                        .status == 200)
            }
            #expect(try await server.get("/api/resolve", headers: mine).status == 403)
            #expect(try await server.get("/api/resolve?limit=gpu-1", headers: mine).status == 403)
            let shown = try await server.get("/api/remote/status", headers: mine)
            #expect(shown.json["hosts"]?.list?.compactMap { $0.map?["host"] } == ["gpu-1"], "\(shown.text)")
            #expect(shown.json["hosts"]?.list?.first?.map?["present"]?.map?.names == ["one"], "\(shown.text)")
            #expect(
                try await server.get("/api/remote/status?host=gpu-1", headers: mine).json["present"]?.map?.names == [
                    "one"
                ])
            #expect(try await server.get("/api/remote/status?host=gpu-2", headers: mine).status == 403)
            #expect(try await server.get("/api/remote/status?host=gpu-2").status == 200)
        }
    }

    @Test func `a server that runs sees what is created and revoked, and a revoked token sees nothing more`()
        async throws
    {
        try await Workplace.with { place in
            let lab = try temporaryFolder("lab")
            defer { try? FileManager.default.removeItem(atPath: lab) }
            try place.write("config/inventory.yml", "all: {hosts: {here: {ansible_connection: local}}}\n")
            try place.write(
                "playbooks/wait.yml",
                "- hosts: all\n  gather_facts: no\n  tasks:\n    - shell: while [ ! -e \(lab)/go ]; do sleep 0.05; done\n"
            )
            try place.write("config/api.yml", "playbooks: {playbooks/wait.yml: }\n")
            let server = try await TestServer.start(in: place, token: nil)
            #expect(try await server.get("/api/runs").status == 200, "there is no token yet")
            let token = try await token(place, "ci", "--may", "read,run", "--expires", "30d")
            #expect(try await server.get("/api/runs").status == 401, "and now there is one")
            let id = try #require(
                try await server.post("/api/runs", ["playbook": "playbooks/wait.yml"], headers: token).json["run"]?
                    .string)
            async let watching = server.get("/api/runs/\(id)/events", headers: token)
            #expect(try await place.comfyfleet("token", "revoke", "ci").status == 0)
            let events = TestServer.events(try await watching)
            #expect(events.last?.name != "end", "the stream ends while the run goes on")
            #expect(try await server.get("/api/runs/\(id)", headers: token).status == 401)
            #expect(try await server.get("/api/runs").status == 401, "without any token that holds nobody is let in")
            touch(lab + "/go")
            #expect(try await place.comfyfleet("token", "revoke", "ci").status == 1)
            try await server.stop()
        }
    }

    @Test func `only hashes are kept, in a file that is its owner's`() async throws {
        try await Workplace.with { place in
            let created = try await place.comfyfleet(
                "token", "create", "ci", "--may", "run", "--hosts", "gpu", "--expires", "12h")
            let token = created.stdout.trimmingCharacters(in: .newlines)
            #expect(created.status == 0 && token.count == 43 && !created.stderr.contains(token))
            #expect(try place.files(holding: token) == [])
            let mode =
                try FileManager.default.attributesOfItem(atPath: place.folder + "/config/api.tokens.json")[
                    .posixPermissions] as? Int
            #expect(mode == 0o600)
            let listed = try await place.comfyfleet("token", "list")
            #expect(
                listed.stdout.contains("ci") && listed.stdout.contains("gpu") && !listed.stdout.contains(token),
                "\(listed.stdout)")
            #expect(
                try await place.comfyfleet("token", "create", "ci").stderr.contains("there is a token of that name"))
            #expect(
                try await place.comfyfleet("token", "create", "vault").status == 1, "that name is the vault's token's")
            #expect(try await place.comfyfleet("token", "create", "x", "--may", "all").status == 1)
            #expect(try await place.comfyfleet("token", "create", "x", "--expires", "soon").status == 1)
        }
    }

    @Test func `a time that is none is refused`() {
        func isRead(created: Double, expires: Value) -> Bool {
            APIToken(
                .dict([
                    "name": .string("a"), "sha256": .string(String(repeating: "0", count: 64)),
                    "created": .double(created), "expires": expires, "may": .list([.string("read")]),
                ])
            ).map { _ in true } ?? false
        }
        #expect(isRead(created: 1.8e9, expires: .null) && isRead(created: 1.8e9, expires: .double(1.9e9)))
        for time in [1e300, -1e300, .infinity, .nan] as [Double] {
            #expect(
                !isRead(created: time, expires: .null) && !isRead(created: 1.8e9, expires: .double(time)), "\(time)")
        }
    }

    @Test func `processes that make tokens at once lose none`() async throws {
        try await Workplace.with { place in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 { group.addTask { _ = try await token(place, "t\(number)") } }
                try await group.waitForAll()
            }
            #expect(
                try TokenFile(place.folder + "/config/api.tokens.json").tokens().map(\.name).sorted()
                    == (0..<6).map { "t\($0)" })
        }
    }

    @Test func `an expired token is reported as such, and an invalid file admits nobody but the vault's token`()
        async throws
    {
        let folder = try temporaryFolder("tokens")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = TokenFile(folder + "/api.tokens.json")
        let vault = Secret("0123456789abcdef0123")
        let keeper = TokenKeeper(file, vault: BearerToken(vault))
        let old = try await file.create("old", rights: [.read], lasting: -1)
        let new = try await file.create("new", rights: [.read], lasting: 60)
        func found(_ token: Secret<String>) -> String {
            do {
                switch try keeper.find(BearerToken.digest(of: token)) {
                case .client(let client): return client.name
                case .expired: return "(expired)"
                case .wrong: return "(wrong)"
                }
            } catch { return "(error)" }
        }
        #expect(
            [old, new, vault, Secret("0123456789abcdef0124")].map(found) == ["(expired)", "new", "vault", "(wrong)"])
        for text in ["{\"version\": 2, \"tokens\": []}", "{\"version\": 1, \"tokens\": [{}]}", "nonsense"] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
            #expect([new, vault].map(found) == ["(error)", "vault"], "\(text)")
        }
        try FileManager.default.removeItem(atPath: file.path)
        #expect(
            !TokenKeeper(file, vault: nil).isGuarded && TokenKeeper(file, vault: nil, isRequired: true).isGuarded,
            "beyond loopback the API stays closed")
    }
}
