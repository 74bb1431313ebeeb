import Foundation
import TestSupport
import Testing
import YAML

/// What strangers and clumsy clients meet.
@Suite(.timeLimit(.minutes(3)))
struct ProtocolTests {
    @Test func `without the right token only the page and the API's description are answered`() async throws {
        try await Workplace.with { place in
            let server = try await TestServer.start(in: place)
            for path in ["/", "/app.js", "/api/openapi.json"] {
                #expect(try await server.get(path, headers: ["Authorization": ""]).status == 200)
            }
            let none = try await server.get("/api/runs", headers: ["Authorization": ""])
            #expect(none.status == 401 && none.headers["www-authenticate"] == "Bearer realm=\"comfyfleet\"")
            for attempt in 1...6 {
                #expect(
                    try await server.get("/api/runs", headers: ["Authorization": "Bearer wrong-\(attempt)-0123456789"])
                        .status == 401)
                #expect(
                    try await server.get("/api/runs").status == 200, "the right one is served from the same address")
            }
            // More than may wait at once: they hold no connections that others need.
            let many = try await withThrowingTaskGroup(of: Int.self) { group in
                for attempt in 7...20 {
                    group.addTask {
                        try await server.get(
                            "/api/runs", headers: ["Authorization": "Bearer wrong-\(attempt)-0123456789"]
                        ).status
                    }
                }
                #expect(try await server.get("/api/runs").status == 200)
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(Set(many) == [401, 429], "\(many)")
            #expect(
                try place.read("logs/security.log").components(separatedBy: "api.refused").count == 2,
                "one entry for all of them")
            try await server.stop()
        }
    }

    @Test func `headers make browsers strict`() async throws {
        try await Workplace.with { place in
            let server = try await TestServer.start(in: place)
            for path in ["/", "/api/runs", "/nothing"] {
                let headers = try await server.get(path).headers
                #expect(
                    headers["content-security-policy"]?.hasPrefix(
                        "default-src 'none'; script-src 'self'; style-src 'self'") == true)
                #expect(headers["x-content-type-options"] == "nosniff")
                #expect(headers["referrer-policy"] == "no-referrer")
            }
            try await server.stop()
        }
    }

    @Test func `pages of other sites are refused, by their origin and by the name that they call this server`()
        async throws
    {
        try await Workplace.with { place in
            let server = try await TestServer.start(in: place, token: nil)
            #expect(
                server.program.errors.contains(
                    "every user of this machine may use the API; make one with: comfyfleet token create NAME"))
            #expect(try await server.get("/api/runs").status == 200)
            #expect(
                try await server.get("/api/runs", headers: ["Origin": "http://127.0.0.1:\(server.port)"]).status == 200)
            #expect(try await server.get("/api/runs", headers: ["Origin": "https://evil.example"]).status == 403)
            #expect(
                try await server.raw(
                    "GET /api/runs HTTP/1.1\r\nHost: evil.example:\(server.port)\r\nConnection: close\r\n\r\n"
                ).hasPrefix("HTTP/1.1 403"))
            let form = try await server.send(
                "POST", "/api/runs", "playbook=x.yml", headers: ["Content-Type": "application/x-www-form-urlencoded"])
            #expect(form.status == 415)
            try await server.stop()
        }
    }

    @Test func `bounds and methods`() async throws {
        try await Workplace.with { place in
            let server = try await TestServer.start(in: place)
            let large = try await server.send(
                "POST", "/api/runs", "{\"playbook\": \"" + String(repeating: "x", count: 1 << 20) + "\"}")
            #expect(large.status == 413, "\(large.text)")
            #expect(try await server.send("POST", "/api/runs", String(repeating: "[", count: 100_000)).status == 400)
            let method = try await server.send("DELETE", "/api/runs", nil)
            #expect(method.status == 405 && method.headers["allow"] == "GET, POST")
            #expect(try await server.get("/api/none").status == 404)
            let top = try await server.send("HEAD", "/", nil)
            #expect(top.status == 200 && top.text.isEmpty)
            let second = try await place.comfyfleet("serve", "--port", "\(server.port)")
            #expect(
                second.status == 1
                    && second.stderr.contains(
                        "error: cannot listen on 127.0.0.1:\(server.port): the address is in use; is another server there? give another --port"
                    ), "\(second.stderr)")
            let long = try await server.raw(
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n")
            #expect(long.isEmpty || long.hasPrefix("HTTP/1.1 4"), "\(long.prefix(200))")
            for path in ["/etc/passwd", "../../etc/hosts.yml", "config/../../x.yml", "-e.yml", "none.yml"] {
                #expect(try await server.post("/api/runs", ["playbook": .string(path)]).status == 422)
            }
            #expect(try await server.get("/api/runs/..%2f..%2fetc").status == 404)
            #expect(try await server.get("/api/runs").status == 200, "and it is still there")
            try await server.stop()
        }
    }

    @Test func `keys, the vault and the program's own files are no inventories, and nothing of them comes back`()
        async throws
    {
        try await Workplace.with { place in
            let server = try await TestServer.start(in: place)
            try place.write("playbooks/none.yml", "- hosts: all\n  gather_facts: no\n  tasks: []\n")
            try place.write("logs/notes", "MARKEDline = = =\n")
            try place.write("config/site.key", "MARKEDline = = =\n")
            try place.write("odd/inner.key", "MARKEDline = = =\n")
            try FileManager.default.createSymbolicLink(
                atPath: place.folder + "/linked", withDestinationPath: place.folder + "/config/site.key")
            let key = try place.read("config/comfyvn.secrets.key").trimmingCharacters(in: .newlines)
            for path in [
                "config/comfyvn.secrets.key", "config/comfyvn.secrets.json", "config/site.key", "logs/notes", "logs",
                "odd", "linked",
            ] {
                let answer = try await server.post(
                    "/api/runs", ["playbook": "playbooks/none.yml", "inventory": .string(path)])
                #expect(answer.status == 422, "\(path): \(answer.text)")
                #expect(!answer.text.contains("MARKED") && !answer.text.contains(key), "\(path): \(answer.text)")
            }
            #expect(
                try await server.post("/api/runs", ["playbook": "no-such-name", "inventory": "config"]).status == 422)
            try place.write("config/api.yml", "playbooks: {playbooks/none.yml: }\n")
            for (name, text) in [
                ("notes", "MARKEDline x\n"), ("notes.yml", "g: {hosts: [MARKED]}\n"), ("more.yml", "MARKED text\n"),
            ] {
                try place.write(name, text)
                let answer = try await server.post(
                    "/api/runs", ["playbook": "playbooks/none.yml", "inventory": .string(name), "check": true])
                #expect(
                    answer.status == 422
                        && answer.problems == [
                            "inventory: is none, or has errors; comfyfleet inventory list shows them on the server's machine"
                        ], "\(name): \(answer.text)")
            }
            try await server.stop()
        }
    }

    @Test func `a private key is below the server's folder`() async throws {
        try await Workplace.with { place in
            let server = try await TestServer.start(in: place)
            try place.write("playbooks/none.yml", "- hosts: all\n  gather_facts: no\n  tasks: []\n")
            try FileManager.default.createSymbolicLink(
                atPath: place.folder + "/linked", withDestinationPath: "/etc/hostname")
            for path in ["/etc/hostname", "~/.ssh/id_ed25519", "../key", "config/../../key", "linked"] {
                for (route, body) in [
                    ("/api/runs", ["playbook": "playbooks/none.yml"]),
                    ("/api/remote/install", ["host": "h", "modules": "x"]),
                ] as [(String, ValueMap)] {
                    var body = body
                    body["ssh"] = .dict(["identity": .string(path)])
                    let answer = try await server.post(route, body)
                    #expect(
                        answer.status == 422
                            && answer.problems == ["ssh.identity: takes a path below the server's folder"],
                        "\(path): \(answer.text)")
                }
            }
            try await server.stop()
        }
    }

    @Test func `templates in what clients send are refused: they would run on the server's machine`() async throws {
        try await Workplace.with { place in
            let server = try await TestServer.start(in: place)
            let refused: [ValueMap] = [
                ["a": "{{ lookup('pipe', 'id') }}"], ["a": .dict(["b": ["x{% if 1 %}"]])], ["{# c #}": true],
            ]
            let requests: [(String, ValueMap)] = [
                ("/api/runs", ["playbook": "playbooks/x.yml"]),
                ("/api/remote/install", ["host": "h", "modules": ["x"]]),
            ]
            for variables in refused {
                for (path, body) in requests {
                    var body = body
                    body["extra_vars"] = .dict(variables)
                    let answer = try await server.post(path, body)
                    #expect(
                        answer.status == 422 && answer.text.contains("extra_vars: holds values here, no templates"),
                        "\(answer.text)")
                }
            }
            try await server.stop()
        }
    }

    @Test func `beyond loopback it refuses without a token and TLS, and with both it serves TLS`() async throws {
        try await Workplace.with { place in
            let refused = try await place.comfyfleet("serve", "--host", "0.0.0.0")
            #expect(refused.status == 1)
            #expect(
                refused.stderr.contains("without a token the server listens on loopback only")
                    && refused.stderr.contains("without TLS the server listens on loopback only"))
            try run(
                "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-keyout", place.folder + "/tls.key", "-out", place.folder + "/tls.pem")
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.folder + "/tls.key")
            let tls = ["--host", "0.0.0.0", "--tls-certificate", "tls.pem", "--tls-key", "tls.key"]
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            #expect(try await place.comfyfleet("serve", "--make-token").status == 0)
            let token = try await place.comfyfleet("vault", "get", "server", "token", "--reveal").stdout
                .trimmingCharacters(in: .newlines)
            #expect(token.count == 43)
            let open = try await place.comfyfleet(
                "serve", "--host", "0.0.0.0", "--tls-certificate", "tls.pem", "--tls-key", "tls.key")
            #expect(
                open.status == 1 && open.stderr.contains("tls.key: everybody can read the key; chmod 600 tls.key"),
                "\(open.stderr)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place.folder + "/tls.key")
            let server = try await TestServer.again(in: place, token: token, arguments: tls)
            let request =
                "GET /api/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n"
            let port = server.port
            let answer = try await offPool {
                try outcome(
                    of: "/usr/bin/openssl", ["s_client", "-quiet", "-connect", "127.0.0.1:\(port)"], input: request
                ).stdout
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
            #expect(answer.contains("Strict-Transport-Security"))
            #expect(
                try await server.raw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").hasPrefix("HTTP") == false,
                "nothing in the clear")
            try await server.stop()
        }
    }
}
