import TestSupport
import Testing
import YAML

/// `comfyfleet modules`, from the outside.
@Suite(.timeLimit(.minutes(5)))
struct ModulesCommandTests {
    @Test func `modules are listed, and one is shown by any of its names`() async throws {
        try await Workplace.with { place in
            let list = try await place.comfyfleet("modules")
            #expect(
                list.status == 0 && list.stdout.hasPrefix("MODULE ") && list.stdout.contains("\ndnf, yum "),
                "\(list.stdout)\(list.stderr)")
            let shown = try await place.comfyfleet("modules", "ansible.posix.mount")
            #expect(
                shown.status == 0 && shown.stdout.hasPrefix("mount: ")
                    && shown.stdout.contains("  path (path; required; also: name)\n"), "\(shown.stdout)\(shown.stderr)")
        }
    }

    @Test func `programs get the same as JSON`() async throws {
        try await Workplace.with { place in
            let all = try await place.comfyfleet("modules", "--format", "json")
            let modules = try #require(try JSON.parse(Array(all.stdout.utf8)).list?.compactMap(\.map))
            #expect(
                modules.contains {
                    $0["name"]?.string == "copy" && $0["family"]?.string == "Files"
                        && $0["options"]?.list?.isEmpty == false
                })
            let one = try await place.comfyfleet("modules", "pause", "--format", "json")
            let pause = try #require(try JSON.parse(Array(one.stdout.utf8)).map)
            #expect(
                pause["one_of"] == .list([.list([.string("seconds"), .string("minutes")])])
                    && pause["differences"]?.list?.count == 1)
        }
    }

    @Test(arguments: [
        ("cpoy", "did you mean 'copy'?"), ("ansible.builtin.tempalte", "did you mean 'template'?"),
        ("frobnicator", "'comfyfleet modules' lists them"),
    ])
    func `a name that there isn't gets the nearest that there is`(_ name: String, _ remedy: String) async throws {
        try await Workplace.with { place in
            let ended = try await place.comfyfleet("modules", name)
            #expect(
                ended.status == 1 && ended.stdout.isEmpty && ended.stderr.contains("there is no module '\(name)'")
                    && ended.stderr.contains(remedy), "\(ended.stderr)")
        }
    }

    @Test func `completions know the names`() async throws {
        try await Workplace.with { place in
            let made = try await place.comfyfleet("--generate-completion-script", "bash")
            #expect(made.stdout.contains("authorized_key") && made.stdout.contains("blockinfile"))
        }
    }
}
