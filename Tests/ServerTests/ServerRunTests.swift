import Foundation
import TestSupport
import Testing
import YAML

/// The server with real runs on a loopback fleet.
@Suite(.timeLimit(.minutes(4)))
struct ServerRunTests {
    private static let waiting = """
        # Waits until it is let go.
        - hosts: all
          gather_facts: no
          tasks:
            - name: Begin
              shell: echo begun; touch {{ lab }}/begun-{{ inventory_hostname }}
            - name: Wait
              shell: while [ ! -e {{ lab }}/go ]; do sleep 0.05; done; echo done
            - name: End
              shell: echo end >> {{ lab }}/ended-{{ inventory_hostname }}
        """

    private func with(_ body: (Workplace, String) async throws -> Void) async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                let lab = try temporaryFolder("lab")
                defer { try? FileManager.default.removeItem(atPath: lab) }
                try place.serverInventory(fleet, hosts: 3, variables: ["lab": lab])
                try place.write("playbooks/waiting.yml", Self.waiting)
                try place.write("config/api.yml", "playbooks: {playbooks/waiting.yml: }\ninstallers: {waiting: }\n")
                try await body(place, lab)
            }
        }
    }

    private func wait(for path: String) async throws {
        for _ in 0..<1200 {
            if FileManager.default.fileExists(atPath: path) { return }
            try await Task.sleep(for: .milliseconds(25))
        }
        Issue.record("\(path) did not come")
    }

    @Test func `a run is started, followed while it goes on, and its events go on where a client was cut off`()
        async throws
    {
        try await with { place, lab in
            let server = try await TestServer.start(in: place)
            let started = try await server.post(
                "/api/runs", ["playbook": "playbooks/waiting.yml", "limit": "gpu-1,gpu-2"])
            #expect(started.status == 202, "\(started.text)")
            let id = try #require(started.json["run"]?.string)
            #expect(started.headers["location"] == "/api/runs/\(id)")
            try await wait(for: lab + "/begun-gpu-2")
            #expect(try await server.get("/api/runs/\(id)").json["state"] == "running")
            async let whole = server.get("/api/runs/\(id)/events")
            touch(lab + "/go")
            let events = TestServer.events(try await whole)
            let numbers = events.compactMap(\.id)
            #expect(numbers == Array(1...numbers.count))
            #expect(events.first?.data["event"] == "run.started")
            #expect(events.last?.name == "end" && events.last?.data["state"] == "finished")
            #expect(
                events.contains {
                    $0.data["event"] == "host.output" && $0.data["text"]?.string?.contains("done") == true
                })

            let middle = numbers.count / 2
            let rest = TestServer.events(
                try await server.get("/api/runs/\(id)/events", headers: ["Last-Event-ID": "\(middle)"]))
            #expect(rest.compactMap(\.id) == Array((middle + 1)...numbers.count))
            let brief = TestServer.events(try await server.get("/api/runs/last/events?view=brief&after=\(middle)"))
            #expect(!brief.contains { $0.data["event"] == "host.output" || $0.data["result"] != nil })
            #expect(brief.last?.name == "end")

            let shown = try await server.get("/api/runs/\(id)").json
            #expect(shown["state"] == "finished" && shown["exit_code"] == .int(0))
            #expect(shown["totals"]?.map?["changed"] == .int(2))
            var text = ""
            var next = 0
            var isComplete = false
            while !isComplete {
                let piece = try await server.get("/api/runs/\(id)/hosts/gpu-1/log?from=\(next)").json
                text += piece["text"]?.string ?? ""
                next = piece["next"]?.int ?? 0
                isComplete = piece["complete"]?.bool ?? true
            }
            #expect(text == (try place.read("logs/runs/\(id)/hosts/gpu-1.log")))
            #expect(text.contains("begun"))
            let beyond = try await server.get("/api/runs/\(id)/hosts/gpu-1/log?from=\(Int.max)")
            #expect(beyond.status == 200 && beyond.json["text"] == "" && beyond.json["next"] == .int(Int.max))
            try await server.stop()
        }
    }

    @Test func `cancelling is the ordered stop, also when it is asked for twice`() async throws {
        try await with { place, lab in
            let server = try await TestServer.start(in: place)
            let id = try #require(
                try await server.post("/api/runs", ["playbook": "playbooks/waiting.yml"]).json["run"]?.string)
            try await wait(for: lab + "/begun-gpu-3")
            async let first = server.post("/api/runs/\(id)/cancel")
            async let second = server.post("/api/runs/\(id)/cancel")
            #expect(try await [first.status, second.status] == [202, 202])
            let events = TestServer.events(try await server.get("/api/runs/\(id)/events"))
            let end = try #require(events.last { $0.data["event"] == "run.finished" }).data
            #expect(end["exit_code"] == .int(130))
            #expect(end["note"]?.string?.contains("continues") == false, "what ran was ended: \(end)")
            #expect(try await server.post("/api/runs/\(id)/cancel").status == 409)
            #expect(try await server.get("/api/runs/\(id)").json["resumable"] == true)
            touch(lab + "/go")
            let resumed = try await place.comfyfleet("resume", id)
            #expect(resumed.status == 0 || resumed.status == 2, "\(resumed.stdout)\(resumed.stderr)")
            try await server.stop()
        }
    }

    @Test func `an install whose server is killed goes on, and the next server knows how it ended`() async throws {
        try await with { place, lab in
            let server = try await TestServer.start(in: place)
            let begun = try await server.post(
                "/api/remote/install", ["host": "gpu-1", "modules": ["waiting"], "wait": false])
            #expect(begun.status == 202 && begun.json["status"] == "running", "\(begun.text)")
            try await wait(for: lab + "/begun-gpu-1")
            #expect(
                try await server.post("/api/remote/install", ["host": "gpu-1", "modules": ["waiting"]]).status == 409)
            server.program.kill()

            let other = try await TestServer.again(in: place, token: TestServer.marked)
            #expect(try await other.get("/api/remote/status?host=gpu-1").json["status"] == "running")
            touch(lab + "/go")
            let id = try #require(begun.json["run"]?.string)
            #expect(TestServer.events(try await other.get("/api/runs/\(id)/events")).last?.data["state"] == "finished")
            let status = try await other.get("/api/remote/status?host=gpu-1").json
            #expect(status["status"] == "installed" && status["installed"] == ["waiting"], "\(status)")
            #expect(try String(contentsOfFile: lab + "/ended-gpu-1", encoding: .utf8) == "end\n", "and ran once")
            try await other.stop()
        }
    }

    @Test func `what a client set is there for whoever resumes the run, and in no file for others to read`()
        async throws
    {
        try await with { place, lab in
            try place.write(
                "playbooks/noted.yml", Self.waiting + "\n    - debug: {msg: 'the note is {{ note.text }}'}\n")
            try place.write("config/api.yml", "playbooks: {playbooks/noted.yml: {variables: {note: {type: dict}}}}\n")
            let server = try await TestServer.start(in: place)
            let started = try await server.post(
                "/api/runs",
                [
                    "playbook": "playbooks/noted.yml", "limit": "gpu-1",
                    "extra_vars": .dict(["note": .dict(["text": "of a client"])]),
                ])
            let id = try #require(started.json["run"]?.string, "\(started.text)")
            try await wait(for: lab + "/begun-gpu-1")
            let record = try #require(try JSON.parse(Array(try place.read("logs/runs/\(id)/run.json").utf8)).map)
            kill(pid_t(try #require(record["process"]?.int)), SIGKILL)
            _ = try await server.get("/api/runs/\(id)/events")
            #expect(try place.files(holding: "of a client") == [])
            touch(lab + "/go")
            let resumed = try await place.comfyfleet("resume", id)
            #expect(
                resumed.status == 0 && resumed.stdout.contains("the note is of a client"),
                "\(resumed.stdout)\(resumed.stderr)")
            try await server.stop()
        }
    }

    @Test func `stopping the server stops no run, and no client that waits is left hanging`() async throws {
        try await with { place, lab in
            let server = try await TestServer.start(in: place)
            async let install = server.post("/api/remote/install", ["host": "gpu-2", "modules": ["waiting"]])
            try await wait(for: lab + "/begun-gpu-2")
            async let watching = server.get("/api/runs/last/events")
            _ = try await server.get("/api/runs")
            try await server.stop()
            #expect(!server.program.isRunning)
            let answer = try await install
            #expect(answer.status == 202 && answer.json["status"] == "running", "\(answer.text)")
            _ = try? await watching
            touch(lab + "/go")
            try await wait(for: lab + "/ended-gpu-2")
        }
    }
}
