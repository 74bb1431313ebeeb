import ArgumentParser
import Foundation
import Redaction
import YAML

/// Links under the names of Ansible's commands, so that scripts find this program in their place.
struct AnsibleCommandsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ansible-commands", abstract: "Makes this program answer to the names of Ansible's commands.",
        discussion: """
            ansible-playbook, ansible, ansible-inventory, ansible-doc, ansible-config and ansible-vault, with their options, output and exit codes: after this program's name \
            (comfyfleet ansible-playbook site.yml), or as links in a folder that stands in PATH before Ansible's. See docs/moving-from-ansible.md.

              comfyfleet ansible-commands install ~/.local/bin
              comfyfleet ansible-commands remove ~/.local/bin
            """, subcommands: [Install.self, Remove.self])

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes the links in a folder.")
        @Argument(help: "The folder.", completion: .directory) var folder: String

        func run() throws {
            let files = FileManager.default
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in AnsibleProgram.names {
                let path = "\(folder)/\(name)"
                if let target = try? files.destinationOfSymbolicLink(atPath: path) {
                    guard AnsibleCommandsCommand.isOurs(target) else { throw AnsibleCommandsCommand.taken(path) }
                    try files.removeItem(atPath: path)
                } else if files.fileExists(atPath: path) {
                    throw AnsibleCommandsCommand.taken(path)
                }
                try files.createSymbolicLink(atPath: path, withDestinationPath: AnsibleVersion.executable)
            }
            Output.print("\(redacted(folder)): \(redacted(AnsibleProgram.names.joined(separator: ", ")))")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes the links from a folder.")
        @Argument(help: "The folder.", completion: .directory) var folder: String

        func run() throws {
            for name in AnsibleProgram.names {
                let path = "\(folder)/\(name)"
                guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path),
                    AnsibleCommandsCommand.isOurs(target)
                else { continue }
                try FileManager.default.removeItem(atPath: path)
                Output.print("removed \(redacted(path))")
            }
        }
    }

    fileprivate static func isOurs(_ target: String) -> Bool {
        target.split(separator: "/").last == "comfyfleet" || target == AnsibleVersion.executable
    }
    fileprivate static func taken(_ path: String) -> Diagnostics {
        Diagnostics([
            Diagnostic("\(path) is there, and is not a link to this program", at: nil, remedy: "name another folder")
        ])
    }
}
