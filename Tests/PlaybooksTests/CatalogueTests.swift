import Foundation
import Modules
import Playbook
import TestSupport
import Testing
import YAML

/// The playbooks that ship, as they are found, listed and explained.
struct CatalogueTests {
    /// Of the clone that these tests belong to.
    static let shipped = String(#filePath.dropLast("Tests/PlaybooksTests/CatalogueTests.swift".count)) + "playbooks"

    @Test func `every playbook that ships is read, and every variable of a role is explained`() throws {
        let entries = try PlaybookCatalogue(folder: Self.shipped).entries(catalog: BuiltinModules())
        #expect(
            entries.map(\.name) == [
                "comfyui", "cuda-toolkit", "gpu-health", "gpu-node", "lmstudio", "nvidia-container-toolkit",
                "nvidia-driver", "ollama", "sillytavern",
            ])
        for entry in entries {
            #expect(entry.summary != entry.name && !entry.variables.isEmpty, "\(entry.name)")
            for variable in entry.variables {
                #expect(variable.help.hasSuffix("."), "\(entry.name): \(variable.name): \(variable.help)")
            }
        }
        let ollama = try #require(entries.first { $0.name == "ollama" })
        let state = try #require(ollama.variables.first { $0.name == "ollama_state" })
        #expect(
            state.role == "ollama" && state.defaultValue == .string("present")
                && state.help.hasPrefix("present; rollback"))
    }

    @Test func `a variable's help is the comment above it, and nothing further up`() throws {
        let folder = try temporaryFolder("catalogue")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder + "/roles/one/defaults", withIntermediateDirectories: true)
        try Data("- name: First\n  hosts: all\n  roles: [one]\n- name: Second\n  hosts: all\n  roles: [one]\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/site.yml"))
        try Data("# Of the file.\n\n# Two\n# lines.\nb: [1]\na: x\n\n# Not its.\n\nc: {}\n".utf8).write(
            to: URL(fileURLWithPath: folder + "/roles/one/defaults/main.yml"))
        let entry = try PlaybookCatalogue(folder: folder).entry(named: "site", catalog: BuiltinModules())
        #expect(
            entry.summary == "First" && entry.variables.map(\.name) == ["b", "a", "c"]
                && entry.variables.map(\.help) == ["Two lines.", "", ""])
        #expect(throws: Diagnostics.self) {
            try PlaybookCatalogue(folder: folder).entry(named: "sit", catalog: BuiltinModules())
        }
    }

    @Test func `they are looked for where the environment says, in the current folder, and beside the program`()
        async throws
    {
        try await Workplace.with { place in
            let one = "- name: One\n  hosts: all\n"
            try place.write("elsewhere/mine.yml", one)
            let named = try await place.comfyfleet("playbooks", environment: ["COMFYFLEET_PLAYBOOKS": "elsewhere"])
            #expect(named.status == 0 && named.stdout.contains("mine"), "\(named.stdout)\(named.stderr)")
            let missing = try await place.comfyfleet("playbooks", environment: ["COMFYFLEET_PLAYBOOKS": "nowhere"])
            #expect(missing.status == 1 && missing.stderr.contains("COMFYFLEET_PLAYBOOKS"), "\(missing.stderr)")

            // The program of the tests has none beside it.
            let nowhere = try await place.comfyfleet("playbooks")
            #expect(nowhere.status == 1 && nowhere.stderr.contains("set COMFYFLEET_PLAYBOOKS"), "\(nowhere.stderr)")
            try place.write("share/comfyfleet/playbooks/shared.yml", one)
            #expect(
                try PlaybookCatalogue.find(
                    environment: [:], program: place.folder + "/bin/comfyfleet", currentFolder: place.folder
                ).names == ["shared"])
            try place.write("bin/playbooks/beside.yml", one)
            #expect(
                try PlaybookCatalogue.find(
                    environment: [:], program: place.folder + "/bin/comfyfleet", currentFolder: place.folder
                ).names == ["beside"])
            try place.write("playbooks/here.yml", one)
            let here = try await place.comfyfleet("playbooks")
            #expect(here.status == 0 && here.stdout.contains("here"), "\(here.stdout)\(here.stderr)")
        }
    }

    @Test func `the program shows them, and runs one by its name`() async throws {
        try await Workplace.with { place in
            let environment = ["COMFYFLEET_PLAYBOOKS": Self.shipped]
            let listed = try await place.comfyfleet("playbooks", environment: environment)
            #expect(
                listed.status == 0 && listed.stdout.split(separator: "\n").contains { $0.hasPrefix("ollama ") },
                "\(listed.stdout)\(listed.stderr)")
            let shown = try await place.comfyfleet("playbooks", "ollama", environment: environment)
            #expect(
                shown.stdout.contains("ollama_listen: \"127.0.0.1:11434\"")
                    && shown.stdout.contains("comfyfleet run ollama -i inventory.yml -e ollama_version="),
                "\(shown.stdout)")
            let json = try JSON.parse(
                Array(
                    try await place.comfyfleet("playbooks", "ollama", "--format", "json", environment: environment)
                        .stdout.utf8)
            ).map
            #expect(
                json?["path"] == .string(Self.shipped + "/ollama.yml")
                    && json?["variables"]?.list?.first?.map?["name"] == .string("ollama_version"))

            let unknown = try await place.comfyfleet("playbooks", "olama", environment: environment)
            #expect(unknown.status == 1 && unknown.stderr.contains("did you mean 'ollama'?"), "\(unknown.stderr)")
            let tasks = try await place.comfyfleet(
                "run", "ollama", "-i", "a,", "--list-tasks", environment: environment)
            #expect(tasks.status == 0 && tasks.stdout.contains("Service answers"), "\(tasks.stdout)\(tasks.stderr)")
        }
    }
}
