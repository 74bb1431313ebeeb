import AnsibleVault
import ArgumentParser
import Foundation
import Glibc
import Redaction
import YAML

extension AnsibleVaultCommand {
    struct EncryptString: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "encrypt_string", abstract: "Encrypts texts as values for YAML files (!vault).",
            discussion:
                "Texts are best given on standard input (--stdin-name NAME, or -) or asked for (-p): other users can read arguments in the list of processes."
        )
        @OptionGroup var options: EncryptOptions
        @OptionGroup var output: OutputOption
        @Flag(name: [.customShort("p"), .customLong("prompt")], help: "Ask for the text.") var prompts = false
        @Flag(help: "Show what is typed.") var showInput = false
        @Option(
            name: [.customShort("n"), .customLong("name")],
            help: ArgumentHelp("The variable's name; one for each text.", valueName: "name")) var names: [String] = []
        @Option(help: ArgumentHelp("The variable's name of standard input.", valueName: "name")) var stdinName: String?
        @Argument(help: "Texts; - is standard input.") var texts: [String] = []

        private struct Item {
            let text: Secret<[UInt8]>
            let name: String?
            /// Where it came from, for the comment above it.
            let origin: String
        }

        func run() async throws {
            try await VaultWork.reporting {
                let password = try await VaultWork.encrypting(options)
                let items = try items()
                let blocks = try items.enumerated().map { number, item in
                    Self.block(
                        try VaultWork.encrypted(item.text.reveal(), password), name: item.name)
                }
                var lines: [String] = []
                for (number, (item, block)) in zip(items, blocks).enumerated() {
                    lines.append(block)
                    guard items.count > 1, output.output == nil || output.output == "-" else { continue }
                    let name =
                        item.name.map { "variable (\"\($0)\", the string #\(number + 1) \(item.origin))" }
                        ?? "the string #\(number + 1) \(item.origin)"
                    Output.print(redacted("# The encrypted version of \(name)."), to: .stderr)
                }
                let text = lines.joined(separator: "\n") + "\n"
                if let target = output.output, target != "-" {
                    try VaultWork.replace(target, Array(text.utf8))
                } else {
                    VaultWork.show(Array(text.utf8))
                }
                VaultWork.say("Encryption successful")
            }
        }

        private func items() throws -> [Item] {
            var items: [Item] = []
            let takesInput = texts.contains("-") || stdinName != nil || (texts.isEmpty && !prompts)
            if texts.filter({ $0 == "-" }).count > 0, stdinName == nil, !names.isEmpty, texts.count == 1 {
                // `-n NAME -` names standard input, too.
                return [Item(text: try input(), name: names.first, origin: "from stdin")]
            }
            if prompts {
                let asked = names.first.map { "String to encrypt (\($0))" } ?? "String to encrypt"
                let answer =
                    try showInput
                    ? TerminalPrompt.line(redacted(asked)).map { Secret($0) } : TerminalPrompt.secret(redacted(asked))
                guard let answer = answer else { throw VaultUsage("there is no terminal to ask on") }
                guard !answer.isEmpty else {
                    throw VaultUsage("The plaintext provided from the prompt was empty, not encrypting")
                }
                items.append(
                    Item(
                        text: Secret(Array(answer.reveal().utf8)), name: names.first,
                        origin: "from the interactive prompt"))
            }
            if takesInput { items.append(Item(text: try input(), name: stdinName, origin: "from stdin")) }
            var rest = names[...]
            if prompts { rest = rest.dropFirst() }
            for text in texts where text != "-" {
                guard !text.isEmpty else {
                    throw VaultUsage("The plaintext provided from the command line args was empty, not encrypting")
                }
                items.append(
                    Item(text: Secret(Array(text.utf8)), name: rest.popFirst(), origin: "from the command line args"))
            }
            return items
        }

        private func input() throws -> Secret<[UInt8]> {
            if isatty(STDIN_FILENO) != 0 {
                Output.print(
                    "Reading plaintext input from stdin. (ctrl-d to end input, twice if your content does not already have a newline)",
                    to: .stderr)
            }
            let bytes = VaultWork.standardInput()
            guard !bytes.isEmpty else { throw VaultUsage("stdin was empty, not encrypting") }
            return Secret(bytes)
        }

        /// `name: !vault |` with the text below it, ten columns in.
        static func block(_ text: [UInt8], name: String?) -> String {
            let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map { "          " + $0 }
            return ((name.map { "\($0): " } ?? "") + "!vault |\n") + lines.joined(separator: "\n")
        }
    }
}
