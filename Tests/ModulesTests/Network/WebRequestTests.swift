import Testing
import YAML

@testable import Modules

/// What the host's curl or wget is given.
@Suite struct WebRequestTests {
    @Test(arguments: [
        ("a b", "\"a b\""), ("a\r\nurl = x", "\"a\\r\\nurl = x\""),
        ("a\"\u{301}\nb\\\t", "\"a\\\"\u{301}\\nb\\\\\\t\""),
    ])
    func `a text stays one line of curl's configuration`(_ text: String, _ line: String) {
        #expect(Array(WebRequest.quoted(text).utf8) == Array(line.utf8))
    }

    @Test(arguments: ["x\r\n", "x\"\u{301}\n"]) func `curl takes no options from a body`(_ start: String) async throws {
        try await ModuleBench.local { bench in
            let body = start + "url = file:///etc/hostname\r\noutput = \(bench.folder)/taken\r\nuser-agent = \"x"
            await #expect(throws: ModuleFailure.self) {
                try await bench.run("uri", ["url": "http://127.0.0.1:9/", "method": "POST", "body": .string(body)])
            }
            try await #expect(bench.sh("ls -A \(bench.folder)") == "")
        }
    }

    @Test(
        arguments: [
            ["headers": .dict(["X-Name": "a\nInjected: yes"])],
            ["headers": .dict(["X-Name": "a\r\n\r\nGET /second HTTP/1.1"])], ["headers": .dict(["X-Name": "a\rb"])],
            ["headers": .dict(["X-Name": "a\0b"])],
            ["headers": .dict(["X\nInjected": "a"])], ["headers": .dict(["X: a": "b"])],
            ["headers": .dict(["@/etc/hostname": ""])], ["headers": .dict(["": "a"])],
            ["http_agent": "a\r\nInjected: yes"], ["url_username": "a\r\nDELE f"], ["url_password": "a\u{7f}"],
        ] as [ValueMap]) func `a line end adds no header, request or command`(_ more: ValueMap) throws
    {
        var arguments: ValueMap = ["url": "http://127.0.0.1:9/"]
        arguments.merge(more)
        #expect(throws: ModuleFailure.self) { try WebRequest(Arguments(arguments), timeout: 10) }
    }

    @Test func `ordinary headers are sent as they are`() throws {
        let request = try WebRequest(
            Arguments([
                "url": "http://127.0.0.1:9/", "headers": .dict(["X-Name": "a\tb: ü", "Accept": "*/*"]),
                "url_username": "me", "url_password": "p:@ \"ä",
            ]), timeout: 10)
        for line in [#"header = "X-Name: a\tb: ü""#, #"header = "Accept: */*""#, #"user = "me:p:@ \"ä""#] {
            #expect(request.configuration.contains(line + "\n"), "\(line)")
        }
    }

    /// On a host without curl, whose wget writes down its arguments and keeps what it is told on standard input.
    @Test(arguments: [true, false]) func `no argument of wget holds the address`(_ isGNUs: Bool) async throws {
        try await ModuleBench.local { bench in
            let folder = bench.folder
            try await bench.sh(
                """
                mkdir \(folder)/bin && ln -s /usr/bin/* \(folder)/bin/ && rm -f \(folder)/bin/curl \(folder)/bin/wget
                cat >\(folder)/bin/wget <<'END'
                #!/bin/sh
                printf '%s\\n' "$@" >>\(folder)/arguments
                [ "$1" != --version ] || { \(isGNUs ? "echo 'GNU Wget 1.25.0 built on linux-gnu.'" : "false"); exit; }
                while [ $# -gt 0 ]; do [ "$1" != -O ] || out=$2; shift; done
                cat >"$out"
                END
                chmod +x \(folder)/bin/wget
                """)
            let url = #"http://user:word@127.0.0.1:9/a\b?token=a-token&x='$(id)'"#
            let arguments: ValueMap = ["url": .string(url), "dest": .string(folder + "/got")]
            let environment = [(name: "PATH", value: folder + "/bin")]
            if isGNUs {
                try await #expect(bench.run("get_url", arguments, environment: environment).changed)
                try await #expect(bench.sh("cat \(folder)/got") == url + "\n")
            } else {
                let failure = await #expect(throws: ModuleFailure.self) {
                    try await bench.run("get_url", arguments, environment: environment)
                }
                #expect(failure?.message.contains("there is no curl") == true, "\(failure?.message ?? "")")
            }
            let told = try await bench.sh("cat \(folder)/arguments")
            #expect(!told.contains("token") && !told.contains("word"), "\(told)")
        }
    }

    @Test func `the headers of an answer end with CR LF`() async throws {
        try await ModuleBench.local { bench in
            let folder = bench.folder
            try await bench.sh(
                """
                mkdir \(folder)/bin
                cat >\(folder)/bin/curl <<'END'
                #!/bin/sh
                while [ $# -gt 0 ]; do case $1 in -D) head=$2 ;; -o) body=$2 ;; esac; shift; done
                printf 'HTTP/1.1 200 Fine\\r\\nContent-Type: application/json\\r\\nX-One: a\\r\\n\\r\\n' >"$head"
                printf '{"a": 1}' >"$body"
                printf '200 0 0.1 http://h/'
                END
                chmod +x \(folder)/bin/curl
                """)
            let values = try await bench.run(
                "uri", ["url": "http://h/"], environment: [(name: "PATH", value: folder + "/bin:/usr/bin:/bin")]
            ).values
            #expect(values["x_one"] == "a" && values["json"] == .dict(["a": .int(1)]), "\(values)")
        }
    }

    @Test func `a body that curl cannot be given is refused`() async throws {
        try await ModuleBench.local { bench in
            let failure = await #expect(throws: ModuleFailure.self) {
                try await bench.run("uri", ["url": "http://127.0.0.1:9/", "method": "POST", "body": "a\0b"])
            }
            #expect(failure?.message.contains("NUL") == true)
        }
    }
}
