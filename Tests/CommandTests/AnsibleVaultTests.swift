import Foundation
import TestSupport
import Testing

/// Files and values of ansible-vault, as a user has them. The texts were made by Ansible's own program.
@Suite(.timeLimit(.minutes(5)))
struct AnsibleVaultTests {
    /// `hello {{ who }}`, with the password `secret1` and the name `a`.
    static let greeting = """
        greeting: !vault |
          $ANSIBLE_VAULT;1.2;AES256;a
          36656366373561303837343063656430353135323862643835646436386663323836666163353639
          3837623032646163663138653238396530626436653365650a313838316539636136333263363332
          66636664633630623963303332613865613561626237666266346265376430643963346666363537
          6662626536656131390a393966373634393739656236363731343863373262353865623236613638
          3530

        """
    /// `sec-b`, with the password `secret2` and the name `b`.
    static let other = """
        other: !vault |
          $ANSIBLE_VAULT;1.2;AES256;b
          34636361383630646233383331323230343835303162373664636234323662303430313365313364
          3435363736326333643536636433363239383538396139370a666464386561343463623533353563
          32306430393861613965623330366637633335323664333531663137393830363066633838363262
          3166353235666364340a633832326431313833333831393638373966326338333839643166346337
          6339

        """

    private func fill(_ place: Workplace) throws {
        try place.write("one", "secret1\n", mode: 0o600)
        try place.write("two-client", "#!/bin/sh\n[ \"$*\" = '--vault-id b' ] && echo secret2\n", mode: 0o700)
        try place.write("hosts", "here ansible_connection=local\n")
        try place.write("group_vars/all.yml", Self.greeting + Self.other)
        try place.write(
            "site.yml",
            """
            - hosts: all
              gather_facts: false
              vars: {who: world}
              tasks:
                - assert:
                    that:
                      - greeting == 'hello ' ~ '{' ~ '{ who }' ~ '}'
                      - greeting is vault_encrypted
                      - "'x' is not vault_encrypted"
                      - other | upper == 'SEC-B'
                - debug: {msg: "shown {{ greeting }} {{ other }}"}
                - command: echo {{ other }}
            """)
    }

    @Test func `values are decrypted where they are used, and are secrets`() async throws {
        try await Workplace.with { place in
            try fill(place)
            let ended = try await place.comfyfleet(
                "run", "site.yml", "-i", "hosts", "--format", "lines", "-vv", "--vault-id", "a@one", "--vault-id",
                "b@two-client")
            #expect(ended.status == 0, "\(ended.stdout)\(ended.stderr)")
            #expect(ended.stdout.contains("«redacted:"), "\(ended.stdout)")
            #expect(!(ended.stdout + ended.stderr).contains("sec-b"), "\(ended.stdout)")
            #expect(!(ended.stdout + ended.stderr).contains("hello {"), "\(ended.stdout)")
        }
    }

    @Test func `a password that is missing is the task's failure, with the place and what to give`() async throws {
        try await Workplace.with { place in
            try fill(place)
            let none = try await place.comfyfleet("run", "site.yml", "-i", "hosts", "--format", "lines")
            #expect(none.status == 2, "\(none.stdout)\(none.stderr)")
            let said = none.stdout + none.stderr
            #expect(said.contains("Attempting to decrypt but no vault secrets found"), "\(said)")
            #expect(said.contains("group_vars/all.yml:1:11"), "\(said)")
            #expect(said.contains("--vault-id a@FILE"), "\(said)")
            let wrong = try await place.comfyfleet(
                "run", "site.yml", "-i", "hosts", "--format", "lines", "--vault-password-file", "two-client")
            #expect(wrong.status == 1, "\(wrong.stdout)\(wrong.stderr)")
            #expect(wrong.stderr.contains("two-client returned non-zero (1)"), "\(wrong.stderr)")
        }
    }

    @Test func `whole files, in every place that Ansible has for them`() async throws {
        try await Workplace.with { place in
            try place.write("pw", "p1\n", mode: 0o600)
            try place.write("hosts", "[g]\nhere ansible_connection=local inventory_secret=inv-MARKED\n")
            try place.write("group_vars/g.yml", "from_group: \"grp-MARKED {{ 1 + 1 }}\"\nnumber: 5\n")
            try place.write("vars.yml", "from_file: file-MARKED\n")
            try place.write("extra.yml", "from_extra: extra-MARKED\n")
            try place.write("tasks.yml", "- name: Inner\n  set_fact: {from_tasks: task-MARKED}\n")
            try place.write("src.txt", "copied-MARKED\n")
            try place.write("t.j2", "rendered-MARKED {{ number }}\n")
            try place.write(
                "site.yml",
                """
                - hosts: all
                  gather_facts: false
                  vars_files: [vars.yml]
                  tasks:
                    - include_tasks: tasks.yml
                    - include_vars: extra2.yml
                    - copy: {src: src.txt, dest: "{{ playbook_dir }}/out.txt"}
                    - template: {src: t.j2, dest: "{{ playbook_dir }}/out.j2"}
                    - assert:
                        that:
                          - from_group == 'grp-MARKED 2' and number == 5 and from_file == 'file-MARKED'
                          - from_extra == 'extra-MARKED' and from_tasks == 'task-MARKED'
                          - inventory_secret == 'inv-MARKED' and included == 'inc-MARKED'
                          - lookup('file', 'src.txt') == 'copied-MARKED'
                          - lookup('unvault', 'src.txt') == 'copied-MARKED\\n'
                          - "'src.txt' is vaulted_file"
                    - debug: {var: from_group}
                """)
            try place.write("extra2.yml", "included: inc-MARKED\n")
            let files = [
                "hosts", "group_vars/g.yml", "vars.yml", "extra.yml", "extra2.yml", "tasks.yml", "src.txt", "t.j2",
                "site.yml",
            ]
            for file in files {
                let ended = try await place.comfyfleet("ansible-vault", "encrypt", "--vault-password-file", "pw", file)
                #expect(ended.status == 0, "\(file): \(ended.stderr)")
                #expect(try place.read(file).hasPrefix("$ANSIBLE_VAULT;1.1;AES256\n"))
            }
            let ended = try await place.comfyfleet(
                "run", "site.yml", "-i", "hosts", "--format", "lines", "-vvv", "--diff", "-e", "@extra.yml",
                environment: ["ANSIBLE_VAULT_PASSWORD_FILE": "pw"])
            #expect(ended.status == 0, "\(ended.stdout)\(ended.stderr)")
            #expect(!(ended.stdout + ended.stderr).contains("MARKED"), "\(ended.stdout)\(ended.stderr)")
            #expect(ended.stdout.contains("Inner"), "\(ended.stdout)")
            #expect(try place.read("out.txt") == "copied-MARKED\n")
            #expect(try place.read("out.j2") == "rendered-MARKED 5\n")
            let none = try await place.comfyfleet("run", "site.yml", "-i", "hosts")
            #expect(none.status == 1)
            #expect(none.stderr.contains("site.yml:1:1: Attempting to decrypt but no vault secrets found; give its"))
        }
    }

    @Test func `a password in the own vault, and one that is given on standard input`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            #expect(try await place.comfyfleet("vault", "set", "ansible", "prod", input: "own-pw").status == 0)
            let text = try await place.comfyfleet(
                "ansible-vault", "encrypt_string", "--vault-id", "prod@vault:ansible.prod", "--stdin-name", "x",
                input: "value-MARKED")
            #expect(text.status == 0, "\(text.stderr)")
            #expect(text.stdout.hasPrefix("x: !vault |\n          $ANSIBLE_VAULT;1.2;AES256;prod\n          "))
            try place.write("hosts.yml", "all: {hosts: {h: }}\n")
            try place.write("group_vars/all.yml", text.stdout)
            try place.write("pw", "own-pw", mode: 0o600)
            let shown = try await place.comfyfleet(
                "inventory", "host", "h", "-i", "hosts.yml", "--format", "json", "--vault-password-file", "pw")
            #expect(shown.status == 0 && shown.stdout.contains("__ansible_vault"), "\(shown.stdout)\(shown.stderr)")
            #expect(!shown.stdout.contains("MARKED"))
        }
    }

    @Test func `the commands do what Ansible's do`() async throws {
        try await Workplace.with { place in
            try place.write("p1", "first-pw\n", mode: 0o600)
            try place.write("p2", "second-pw\n", mode: 0o600)
            try place.write("f", "hi\n", mode: 0o640)
            func vault(_ arguments: String..., input: String = "") async throws -> ProcessOutcome {
                let environment = place.environment()
                let folder = place.folder
                return try await offPool {
                    try outcome(
                        of: Workplace.program, ["ansible-vault"] + arguments, environment: environment, folder: folder,
                        input: input)
                }
            }
            var ended = try await vault("encrypt", "f", "--vault-id", "a@p1", "--vault-id", "b@p2")
            #expect(
                ended.status == 5
                    && ended.stderr
                        == "[ERROR]: The vault-ids a,b are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id\n"
            )
            ended = try await vault(
                "encrypt", "f", "--vault-id", "a@p1", "--vault-id", "b@p2", "--encrypt-vault-id", "c")
            #expect(
                ended.status == 1
                    && ended.stderr
                        == "[ERROR]: Did not find a match for --encrypt-vault-id=c in the known vault-ids ['a', 'b']\n"
            )
            ended = try await vault(
                "encrypt", "f", "--vault-id", "a@p1", "--vault-id", "b@p2", "--encrypt-vault-id", "b")
            #expect(ended.status == 0 && ended.stderr.isEmpty && ended.stdout.isEmpty, "\(ended.stderr)")
            #expect(try place.read("f").hasPrefix("$ANSIBLE_VAULT;1.2;AES256;b\n"))
            ended = try await vault("encrypt", "f", "--vault-id", "a@p1")
            #expect(ended.status == 1 && ended.stderr == "[ERROR]: input is already encrypted\n")
            ended = try await vault("view", "f", "--vault-id", "b@p2")
            #expect(ended.status == 0 && ended.stdout == "hi\n")
            ended = try await vault("decrypt", "f", "--vault-id", "a@p1")
            #expect(
                ended.status == 1
                    && ended.stderr.hasPrefix(
                        "[ERROR]: Decryption failed (no vault secrets were found that could decrypt). for ")
            )
            ended = try await vault("rekey", "f", "--vault-id", "b@p2", "--new-vault-id", "z@p1")
            #expect(ended.status == 0 && ended.stderr == "Rekey successful\n")
            #expect(try place.read("f").hasPrefix("$ANSIBLE_VAULT;1.2;AES256;z\n"))
            ended = try await vault("decrypt", "f", "--vault-password-file", "p1", "--output", "-")
            #expect(ended.status == 0 && ended.stdout == "hi\n")
            ended = try await vault("decrypt", "f", "--vault-password-file", "p1")
            #expect(try place.read("f") == "hi\n")
            ended = try await vault("encrypt", "f", "p1", "--output", "o", "--vault-password-file", "p2")
            #expect(
                ended.status == 5
                    && ended.stderr == "[ERROR]: At most one input file may be used with the --output option\n")
            ended = try await vault("encrypt", "--vault-password-file", "p2", input: "piped")
            let back = try await vault("decrypt", "-", "--vault-password-file", "p2", input: ended.stdout)
            #expect(back.stdout == "piped")
            ended = try await vault("encrypt_string", "--vault-password-file", "p2", "a", "b", "-n", "one", "-n", "two")
            #expect(
                ended.stderr == """
                    # The encrypted version of variable ("one", the string #1 from the command line args).
                    # The encrypted version of variable ("two", the string #2 from the command line args).

                    """)
            #expect(
                ended.stdout.split(separator: "\n").filter { $0.contains("!vault") } == [
                    "one: !vault |", "two: !vault |",
                ])
            ended = try await vault("encrypt_string", "--vault-password-file", "p2")
            #expect(ended.status == 5 && ended.stderr == "[ERROR]: stdin was empty, not encrypting\n")
            ended = try await vault("create", "new", "--vault-password-file", "p2")
            #expect(ended.status == 5 && ended.stderr == "[ERROR]: not a tty, editor cannot be opened\n")
        }
    }
}
