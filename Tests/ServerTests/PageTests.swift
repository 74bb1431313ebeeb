import Foundation
import TestSupport
import Testing
import YAML

/// The page in headless Chromium, with real runs.
@Suite(
    .enabled(if: Browser.path != nil, "no Chromium on this machine; apt-get install chromium"), .timeLimit(.minutes(4)))
struct PageTests {
    private static let playbook = """
        - name: Some fail
          hosts: all
          gather_facts: no
          tasks:
            - name: Change something
              shell: echo "<b>markup</b> & <img src=x onerror=alert(1)>"
            - name: Wait
              shell: while [ ! -e {{ lab }}/go ]; do sleep 0.05; done
              changed_when: no
            - name: Break
              shell: echo no such mirror >&2; exit 3
              when: inventory_hostname in ['gpu-3', 'gpu-5']
        """

    @Test func `a run is followed as it goes on, with the keyboard, and every view is drawn without a complaint`()
        async throws
    {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                let lab = try temporaryFolder("lab")
                defer { try? FileManager.default.removeItem(atPath: lab) }
                try place.serverInventory(fleet, hosts: 8, variables: ["lab": lab])
                try place.write("playbooks/fail.yml", Self.playbook)
                try place.write("config/api.yml", "playbooks: {playbooks/fail.yml: }\n")
                let server = try await TestServer.start(in: place)
                let browser = try await offPool { try Browser() }
                defer { browser.close() }
                let id = try #require(
                    try await server.post("/api/runs", ["playbook": "playbooks/fail.yml"]).json["run"]?.string)

                try await offPool {
                    try browser.open(server.url)
                    #expect(
                        try browser.wait(
                            for:
                                "document.querySelector('.sign-in input') === document.activeElement && document.activeElement"
                        ), "it asks for the token")
                    try browser.open("about:blank")
                    #expect(browser.complaints.allSatisfy { $0.contains("401") }, "\(browser.complaints)")
                    try browser.open(server.url)
                    _ = try browser.wait(for: "document.querySelector('.sign-in input')")
                    _ = try browser.evaluate(
                        "document.querySelector('.sign-in input').value = '\(TestServer.marked)', document.querySelector('.sign-in form').requestSubmit()"
                    )
                    #expect(try browser.wait(for: "document.querySelector('tr.row a')"), "the list of runs")
                    #expect(
                        try browser.evaluate("document.querySelector('tr.row').innerText").string?.contains("running")
                            == true)

                    _ = try browser.evaluate("location.hash = '#/runs/\(id)', 0")
                    #expect(
                        try browser.wait(for: "document.querySelectorAll('.fleet button.working').length === 8"),
                        "all hosts wait: \(browser.text)")
                    touch(lab + "/go")
                    #expect(
                        try browser.wait(
                            for: "document.querySelector('#main h1 + p')?.innerText.startsWith('tasks failed')"),
                        "\(browser.text)")
                    let order = try browser.evaluate(
                        "[...document.querySelectorAll('.fleet button')].map((button) => button.dataset.host + ' ' + button.className)"
                    ).list?.compactMap(\.string)
                    #expect(
                        order?.prefix(2) == ["gpu-3 failed", "gpu-5 failed"], "what failed comes first: \(order ?? [])")
                    #expect(order?.dropFirst(2).allSatisfy { $0.hasSuffix(" changed") } == true)
                    #expect(
                        try browser.evaluate("document.querySelector('.failures').innerText").string?.contains(
                            "no such mirror") == true)
                    #expect(
                        try browser.evaluate(
                            "[...document.querySelectorAll('.counts button')].map((button) => button.innerText.replace(/\\s+/g, ' '))"
                        ) == ["× 2 failed", "+ 6 changed"])

                    _ = try browser.evaluate("document.querySelector('.fleet button').focus(), 0")
                    for key in ["ArrowRight", "ArrowRight", "ArrowLeft", "Enter"] { try browser.press(key) }
                    #expect(
                        try browser.wait(
                            for: "document.querySelector('.log pre')?.innerText.includes('no such mirror')"),
                        "the log of the second host: \(browser.text)")
                    #expect(try browser.evaluate("location.hash") == .string("#/runs/\(id)/gpu-5"))
                    #expect(
                        try browser.wait(for: "document.querySelector('.log footer').innerText.startsWith('complete')"))
                    #expect(
                        try browser.evaluate("document.querySelector('.log pre').innerText").string?.contains(
                            "<b>markup</b> & <img src=x onerror=alert(1)>") == true, "markup is text")
                    #expect(
                        try browser.evaluate("document.querySelectorAll('.log pre b, .log pre img').length") == .int(0))
                    try browser.press("Escape")
                    #expect(
                        try browser.wait(
                            for:
                                "!document.querySelector('.log') && document.querySelectorAll('.tasks .task').length === 3"
                        ))
                    try browser.press("/")
                    #expect(try browser.evaluate("document.activeElement.type") == "search")

                    for (view, text) in [
                        ("installs", "Nothing was installed"), ("hosts", "8 of 8 hosts would connect"),
                        ("schedules", "No jobs"), ("audit", "The chain is whole."),
                    ] {
                        _ = try browser.evaluate("location.hash = '#/\(view)', 0")
                        #expect(
                            try browser.wait(for: "document.querySelector('#main').innerText.includes('\(text)')"),
                            "\(view): \(browser.text)")
                        #expect(
                            try browser.evaluate("document.querySelector('nav [aria-current=page]').hash")
                                == .string("#/\(view)"))
                    }
                    #expect(browser.complaints.allSatisfy { $0.contains("401") }, "\(browser.complaints)")
                }
                try await server.stop()
            }
        }
    }
}
