import Foundation
import Glibc
import TestSupport
import Testing
import YAML

@Suite(.timeLimit(.minutes(5))) struct VaultCommandTests {
    @Test func `from nothing to a value and back`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            #expect(
                try await place.comfyfleet("vault", "set", "huggingface", "token", input: "hf_marked_secret\n").status
                    == 0)
            #expect(
                try await place.comfyfleet(
                    "vault", "set", "remote_installer", "hosts.gpu.lab.local.user", input: "ubuntu"
                ).status == 0)
            #expect(
                try await place.comfyfleet("vault", "set", "remote_installer", "defaults.port", "--json", input: "2222")
                    .status == 0)

            let hidden = try await place.comfyfleet("vault", "get", "huggingface", "token")
            #expect(hidden.status == 0 && hidden.stdout.contains("«redacted»") && !hidden.stdout.contains("hf_marked"))
            #expect(
                try await place.comfyfleet("vault", "get", "HuggingFace", "token", "--reveal").stdout
                    == "hf_marked_secret\n")
            #expect(
                try await place.comfyfleet("vault", "get", "remote_installer", "--reveal").stdout
                    == #"{"hosts": {"gpu.lab.local": {"user": "ubuntu"}}, "defaults": {"port": 2222}}"# + "\n")
            #expect(
                try await place.comfyfleet("vault", "get", "remote_installer", "hosts.gpu.lab.local.user", "--reveal")
                    .stdout == "ubuntu\n")
            let described = try await place.comfyfleet("vault", "describe", "remote_installer")
            #expect(described.stdout == "remote_installer\n  hosts.gpu.lab.local.user\n  defaults.port\n")

            let rotated = try await place.comfyfleet("vault", "rotate")
            #expect(rotated.status == 0)
            #expect(try await place.comfyfleet("vault", "unset", "remote_installer", "hosts.gpu.lab.local").status == 0)
            #expect(try await place.comfyfleet("vault", "unset", "huggingface").status == 0)
            let list = try JSON.parse(
                Array(try await place.comfyfleet("vault", "list", "--format", "json").stdout.utf8))
            #expect(list.list?.compactMap { $0.map?["provider"]?.string } == ["remote_installer"])
            #expect(try place.files(holding: "hf_marked_secret").isEmpty)
            #expect(try await place.comfyfleet("audit", "verify").status == 0)
        }
    }

    @Test func `files are for the owner only, whatever the umask`() async throws {
        try await Workplace.with { place in
            let made = try outcome(
                of: "/bin/sh", ["-c", "umask 000; exec \"$0\" vault init", Workplace.program],
                environment: place.environment(), folder: place.folder)
            #expect(made.status == 0, "\(made.stderr)")
            for name in ["config/comfyvn.secrets.json", "config/comfyvn.secrets.key", "logs/security.log"] {
                #expect(
                    try FileManager.default.attributesOfItem(atPath: "\(place.folder)/\(name)")[.posixPermissions]
                        as? Int == 0o600)
            }
        }
    }

    @Test func `the program leaves no core dump, and what was open to others is corrected and reported`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            // A hook sees the limits that the program has and passes on.
            try place.write(
                "config/hooks/on_security_secret_read",
                "#!/bin/sh\ncat >/dev/null; ulimit -Sc > \(place.folder)/limit\n", mode: 0o755)
            #expect(try await place.comfyfleet("vault", "set", "demo", "token", input: "a-long-value").status == 0)
            let read = try outcome(
                of: "/bin/sh", ["-c", "ulimit -Sc $(ulimit -Hc); exec \"$0\" vault get demo token", Workplace.program],
                environment: place.environment(), folder: place.folder)
            #expect(read.status == 0, "\(read.stderr)")
            #expect(try place.read("limit") == "0\n")

            for name in ["config/comfyvn.secrets.key", "logs/security.log"] {
                #expect(chmod("\(place.folder)/\(name)", 0o666) == 0)
            }
            let doctor = try await place.comfyfleet("doctor")
            #expect(doctor.status == 1, "\(doctor.stdout)")
            for name in ["config/comfyvn.secrets.key", "logs/security.log"] {
                #expect(
                    doctor.stdout.contains("\(name) was open to others (mode 666); it is 600 now"), "\(doctor.stdout)")
                #expect(
                    try FileManager.default.attributesOfItem(atPath: "\(place.folder)/\(name)")[.posixPermissions]
                        as? Int == 0o600)
            }
            let again = try await place.comfyfleet("doctor")
            #expect(!again.stdout.contains("open to others"), "\(again.stdout)")
        }
    }

    @Test func `a value as an argument is refused and not repeated`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            let refused = try await place.comfyfleet("vault", "set", "huggingface", "token", "hf_marked_secret")
            #expect(refused.status == 1 && refused.stderr.contains("never given as an argument"))
            #expect(!(refused.stdout + refused.stderr).contains("hf_marked"))
            #expect(try place.files(holding: "hf_marked").isEmpty)
        }
    }

    @Test(arguments: [
        (["vault", "list"], "", "Secrets key not configured"), (["vault", "set", "p", "f"], "", "empty"),
        (["vault", "get", "nobody"], "x", "Secrets key not configured"),
    ]) func `without a key the error says what to do`(arguments: [String], input: String, said: String) async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            try FileManager.default.removeItem(atPath: place.folder + "/config/comfyvn.secrets.key")
            let ended = try outcome(
                of: Workplace.program, arguments, environment: place.environment(), folder: place.folder, input: input)
            #expect(ended.status == 1 && ended.stderr.contains(said), "\(ended.stderr)")
        }
    }

    @Test func `names that are not there are told with those that are`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            #expect(try await place.comfyfleet("vault", "set", "huggingface", "token", input: "hf_x_long").status == 0)
            for arguments in [["vault", "get", "huggingface", "tokn"], ["vault", "unset", "huggingface", "tokn"]] {
                let ended = try outcome(
                    of: Workplace.program, arguments, environment: place.environment(), folder: place.folder)
                #expect(ended.status == 1 && ended.stderr.contains("no field 'tokn'; it has: token"), "\(ended.stderr)")
            }
            for arguments in [
                ["vault", "get", "hugface"], ["vault", "unset", "hugface"], ["vault", "describe", "hugface"],
            ] {
                let ended = try outcome(
                    of: Workplace.program, arguments, environment: place.environment(), folder: place.folder)
                #expect(
                    ended.status == 1 && ended.stderr.contains("no provider 'hugface'; it has: huggingface"),
                    "\(ended.stderr)")
            }
        }
    }

    @Test func `import merges, replaces, and refuses what is no object of providers without quoting it`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            try place.write("a.json", #"{"p": {"x": "one", "y": 2}, "q": {"z": true}}"#)
            try place.write("b.yml", "p:\n  x: null\n  w: three\n")
            #expect(try await place.comfyfleet("vault", "import", "a.json").status == 0)
            #expect(try await place.comfyfleet("vault", "import", "b.yml").status == 0)
            #expect(
                try await place.comfyfleet("vault", "get", "p", "--reveal").stdout == #"{"y": 2, "w": "three"}"# + "\n")
            #expect(try await place.comfyfleet("vault", "import", "-", "--replace", input: #"{"r": {}}"#).status == 0)
            #expect(
                try await place.comfyfleet("vault", "list", "--format", "json").stdout.contains(#""provider": "r""#))
            for text in [
                #"{"p": "marked-secret"}"#, #"{"p": {"x": "marked-secret""#, #"["marked-secret"]"#, "marked-secret",
                #"{"ciphertext": "marked-secret"}"#,
            ] {
                try place.write("bad.json", text)
                let refused = try await place.comfyfleet("vault", "import", "bad.json")
                #expect(
                    refused.status == 1 && refused.stderr.contains("error:")
                        && !refused.stderr.contains("marked-secret"), "\(refused.stderr)")
            }
        }
    }

    /// On a terminal of its own, made by Python's pty module.
    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "needs python3 for a terminal"))
    func `the prompt does not echo, and Ctrl-C restores the terminal`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            try place.write(
                "typist.py",
                """
                import os, pty, sys, time
                def session(keys, command):
                    pid, terminal = pty.fork()
                    if pid == 0: os.execv("/bin/sh", ["sh", "-c", command])
                    seen, waiting = b"", list(keys)
                    while True:
                        try: chunk = os.read(terminal, 4096)
                        except OSError: break
                        if not chunk: break
                        seen += chunk
                        while waiting and seen.endswith(waiting[0][0]):
                            os.write(terminal, waiting.pop(0)[1])
                    os.waitpid(pid, 0)
                    return seen.decode()
                program = sys.argv[1]
                print(session([(b"token: ", b"typed-secrxx\\x7f\\x7fet\\n"), (b"once more: ", b"typed-secret\\n")], f"'{program}' vault set huggingface token; stty -a"))
                print("====")
                print(session([(b"token: ", b"half\\x03")], f"'{program}' vault set huggingface token; echo status $?; stty -a"))
                """)
            let typed = try outcome(
                of: "/usr/bin/python3", [place.folder + "/typist.py", Workplace.program],
                environment: place.environment(), folder: place.folder)
            let sessions = typed.stdout.components(separatedBy: "====")
            try #require(sessions.count == 2, "\(typed.stdout)\(typed.stderr)")
            #expect(
                sessions[0].contains("stored huggingface.token") && !sessions[0].contains("typed-secr"),
                "\(sessions[0])")
            #expect(sessions[1].contains("status 130") && !sessions[1].contains("half"), "\(sessions[1])")
            for session in sessions {
                #expect(
                    session.contains(" echo ") && session.contains(" icanon ") && session.contains("isig "),
                    "\(session)")
            }
            #expect(
                try await place.comfyfleet("vault", "get", "huggingface", "token", "--reveal").stdout
                    == "typed-secret\n")
        }
    }
}
