import Foundation
import TestSupport
import Testing

/// Marked secrets are pushed through every output of a run, and looked for in all that it leaves.
@Suite(.timeLimit(.minutes(3)))
struct SecretLeakTests {
    static let token = "hf_MARKED/secret+with 'quotes' & more"
    static let hidden = "no-log-MARKED-value"

    /// The forms in which a program may print the token.
    static var forms: [String] {
        let data = Data(token.utf8)
        return [
            token, data.base64EncodedString(), data.map { String(format: "%02x", $0) }.joined(),
            token.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? token, "MARKED",
        ]
    }

    static let playbook = """
        - hosts: gpu
          gather_facts: no
          vars: {token: "{{ lookup('vault', 'huggingface', 'token') }}"}
          tasks:
            - name: Prints it in many forms, in pieces
              shell: |
                printf %s "$TOKEN" | head -c 9; sleep 0.2; printf %s "$TOKEN" | tail -c +10; echo
                printf %s "$TOKEN" | base64 -w0; echo
                printf %s "$TOKEN" | od -An -tx1 | tr -d ' \\n'; echo; echo "x$TOKEN" >&2
              environment: {TOKEN: "{{ token }}"}
              register: said
            - name: Shows {{ token }}
              debug: {msg: "{{ said.stdout }} and {{ secrets.huggingface.token }}"}
            - name: Writes it
              copy: {dest: "{{ lab }}/{{ inventory_hostname }}", content: "token={{ token }}\\n", mode: "0600"}
            - name: Is not logged
              shell: echo {{ hidden }}
              no_log: yes
              vars: {hidden: \(hidden)}
              register: quiet
            - name: Fails with it
              shell: echo "{{ token }}" >&2; echo {{ quiet.stdout }}; exit 3
        """

    @Test(arguments: [["--format", "lines", "-vvv", "--diff"], ["--format", "json"]])
    func `no output of a run holds a secret`(display: [String]) async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                let lab = try temporaryFolder("lab")
                defer { try? FileManager.default.removeItem(atPath: lab) }
                try place.inventory(fleet, hosts: 2, variables: ["lab": lab])
                try place.write(
                    "leak.yml", Self.playbook.replacing(Self.hidden, with: "\"{{ 'no-log-MAR' ~ 'KED-value' }}\""))
                #expect(try await place.comfyfleet("vault", "init").status == 0)
                #expect(
                    try await place.comfyfleet("vault", "set", "huggingface", "token", input: Self.token).status == 0)
                let arguments = ["run", "leak.yml", "-i", "inventory.yml"] + display
                let environment = place.environment()
                let folder = place.folder
                let run = try await offPool {
                    try outcome(of: Workplace.program, arguments, environment: environment, folder: folder)
                }
                #expect(run.status == 2, "the last task fails: \(run.stdout)\(run.stderr)")
                #expect(
                    try String(contentsOfFile: lab + "/gpu-1", encoding: .utf8) == "token=\(Self.token)\n",
                    "the secret reached its one use")
                for form in Self.forms {
                    #expect(!run.stdout.contains(form), "standard output holds \(form): \(run.stdout)")
                    #expect(!run.stderr.contains(form), "standard error holds \(form)")
                    #expect(try place.files(holding: form).isEmpty, "a file holds \(form)")
                }
                #expect(run.stdout.contains("«redacted:huggingface.token»"))
                for command in [
                    ["audit", "show"], ["runs", "list"], ["resolve", "-i", "inventory.yml"],
                    ["inventory", "host", "gpu-1", "-i", "inventory.yml"],
                ] {
                    let shown = try await offPool {
                        try outcome(of: Workplace.program, command, environment: environment, folder: folder)
                    }
                    for form in Self.forms {
                        #expect(!(shown.stdout + shown.stderr).contains(form), "\(command) shows \(form)")
                    }
                }
            }
        }
    }

    @Test func `an inventory's credentials are not shown, at any depth and in templates`() async throws {
        try await Workplace.with { place in
            try place.write(
                "hosts.yml",
                """
                all:
                  hosts:
                    h1: {ansible_password: Marked-1, ansible_become_password: "{{ 'Marked' ~ '-2' }}", logins: [{ansible_ssh_pass: Marked-3}], elsewhere: x Marked-3 x}
                """)
            let environment = place.environment()
            let folder = place.folder
            for command in [["list", "--format", "json"], ["host", "h1"], ["host", "h1", "--format", "json"]] {
                let shown = try await offPool {
                    try outcome(
                        of: Workplace.program, ["inventory"] + command + ["-i", "hosts.yml"], environment: environment,
                        folder: folder)
                }
                #expect(
                    shown.status == 0 && shown.stdout.contains("redacted:inventory.ansible_ssh_pass"), "\(shown.stderr)"
                )
                #expect(!shown.stdout.contains("Marked"), "\(command): \(shown.stdout)")
            }
        }
    }

    /// What a login shell prints before it ends is in the message that says why the host is unreachable, and in no form
    /// a secret.
    @Test(arguments: [["--format", "lines"], ["--format", "json"]])
    func `a host whose login shell prints a vault value and ends shows nothing of it`(display: [String]) async throws {
        var options = LoopbackFleet.Options()
        options.configuration = [
            "ForceCommand printf 'motd %s\\n' '\(Self.token.replacing("'", with: #"'\''"#))' | tr a-z A-Z; printf %s '\(Self.token.replacing("'", with: #"'\''"#))' | base64 -w 20; exit 1"
        ]
        try await LoopbackFleet.with(options) { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                try place.write(
                    "play.yml",
                    """
                    - hosts: localhost
                      gather_facts: no
                      tasks: [{debug: {msg: "{{ lookup('vault', 'huggingface', 'token') }}"}}]
                    - hosts: gpu
                      gather_facts: no
                      tasks: [{command: "true"}]
                    """)
                #expect(try await place.comfyfleet("vault", "init").status == 0)
                #expect(
                    try await place.comfyfleet("vault", "set", "huggingface", "token", input: Self.token).status == 0)
                let arguments = ["run", "play.yml", "-i", "inventory.yml"] + display
                let environment = place.environment()
                let folder = place.folder
                let run = try await offPool {
                    try outcome(of: Workplace.program, arguments, environment: environment, folder: folder)
                }
                #expect(run.status == 4, "\(run.stdout)\(run.stderr)")
                #expect((run.stdout + run.stderr).contains("the login shell ended"))
                let shownAudit = try await place.comfyfleet("audit", "show").stdout
                // The middle of it, in upper case, and of its base64.
                for form in ["MARKED", "SECRET+WITH", "TUFSS0VE", "L3NlY3J"] {
                    #expect(
                        !(run.stdout + run.stderr + shownAudit).contains(form), "\(form): \(run.stdout)\(run.stderr)")
                    #expect(try place.files(holding: form).isEmpty, "a file holds \(form)")
                }
            }
        }
    }
}
