import AnsibleVault
import ArgumentParser
import Foundation
import Glibc
import Redaction
import Support
import YAML

/// `ansible-vault`, with its options, messages and exit codes.
struct AnsibleVaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ansible-vault",
        abstract: "Encrypts and decrypts files and texts as Ansible's ansible-vault does.",
        discussion: """
            Files are Ansible's own format, both ways. A run reads such files and values itself, with the same passwords: see comfyfleet run \
            --help. Secrets for this program alone are better kept in its vault (comfyfleet vault).

            Exit codes: 0 done; 1 it can't be done, nothing was changed; 5 options that exclude one another.
            """,
        subcommands: [
            Create.self, Decrypt.self, Edit.self, View.self, Encrypt.self, EncryptString.self, Rekey.self,
        ])

    /// Options of all that encrypt.
    struct EncryptOptions: ParsableArguments {
        @OptionGroup var passwords: VaultPasswordOptions
        @Option(
            name: .customLong("encrypt-vault-id"),
            help: ArgumentHelp(
                "The password that encrypts, by its name; needed where there are several.", valueName: "name"))
        var encryptID: String?
    }
    struct OutputOption: ParsableArguments {
        @Option(help: ArgumentHelp("Where the result is written; - is standard output.", valueName: "path"))
        var output: String?

        /// - Throws: as Ansible does, where several files would have one output.
        func check(_ files: [String]) throws {
            guard output == nil || files.count <= 1 else {
                throw VaultUsage("At most one input file may be used with the --output option")
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Creates an encrypted file, in an editor.")
        @OptionGroup var options: EncryptOptions
        @Flag(help: "Read the content from standard input where there is no terminal.") var skipTTYCheck = false
        @Argument(help: "The file.") var file: String

        func run() async throws {
            try await VaultWork.reporting {
                let password = try await VaultWork.encrypting(options)
                guard access(file, F_OK) != 0 else {
                    throw VaultFailure("\(file) exists, please use 'edit' instead")
                }
                let plain =
                    try skipTTYCheck && isatty(STDIN_FILENO) == 0
                    ? VaultWork.standardInput() : VaultEditor.edit([], name: file)
                try VaultWork.replace(file, VaultWork.encrypted(plain, password))
            }
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit", abstract: "Opens an encrypted file in an editor, and encrypts what comes of it.",
            discussion:
                "The editor is EDITOR, else vi. It works on a file in memory (/dev/shm) that only this user can read, and that is wiped afterwards."
        )
        @OptionGroup var options: EncryptOptions
        @Argument(help: "Files.") var files: [String]

        func run() async throws {
            try await VaultWork.reporting {
                let keyring = try await VaultWork.opening(options.passwords)
                for file in files {
                    let opened = try VaultWork.open(VaultWork.read(file), of: file, with: keyring)
                    let edited = try VaultEditor.edit(opened.plain.reveal(), name: file)
                    // As Ansible does, a text that nobody changed keeps its password and its bytes.
                    let password = options.encryptID == nil ? opened.with : try await VaultWork.encrypting(options)
                    guard edited != opened.plain.reveal() || password.id != opened.with.id else { continue }
                    try VaultWork.replace(file, VaultWork.encrypted(edited, password, id: opened.text.id))
                }
            }
        }
    }

    struct View: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "view", abstract: "Shows what encrypted files hold.")
        @OptionGroup var passwords: VaultPasswordOptions
        @Argument(help: "Files; - is standard input.") var files: [String]

        func run() async throws {
            try await VaultWork.reporting {
                let keyring = try await VaultWork.opening(passwords)
                for file in files {
                    Output.reveal(try VaultWork.open(VaultWork.read(file), of: file, with: keyring).plain)
                }
            }
        }
    }

    struct Decrypt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decrypt", abstract: "Decrypts files in place, or from standard input.")
        @OptionGroup var passwords: VaultPasswordOptions
        @OptionGroup var output: OutputOption
        @Argument(help: "Files; - or none is standard input.") var files: [String] = []

        func run() async throws {
            try await VaultWork.reporting {
                try output.check(files)
                let keyring = try await VaultWork.opening(passwords)
                for file in files.isEmpty ? ["-"] : files {
                    let plain = try VaultWork.open(VaultWork.read(file), of: file, with: keyring).plain
                    let target = output.output ?? file
                    if target == "-" { Output.reveal(plain) } else { try VaultWork.replace(target, plain.reveal()) }
                }
                VaultWork.say("Decryption successful")
            }
        }
    }

    struct Encrypt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "encrypt", abstract: "Encrypts files in place, or from standard input.")
        @OptionGroup var options: EncryptOptions
        @OptionGroup var output: OutputOption
        @Argument(help: "Files; - or none is standard input.") var files: [String] = []

        func run() async throws {
            try await VaultWork.reporting {
                try output.check(files)
                let password = try await VaultWork.encrypting(options)
                for file in files.isEmpty ? ["-"] : files {
                    let plain = try VaultWork.read(file)
                    guard !VaultText.begins(plain) else { throw VaultFailure("input is already encrypted") }
                    let text = try VaultWork.encrypted(plain, password)
                    let target = output.output ?? file
                    if target == "-" { VaultWork.show(text) } else { try VaultWork.replace(target, text) }
                }
                VaultWork.say("Encryption successful")
            }
        }
    }

    struct Rekey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rekey", abstract: "Encrypts files with another password.")
        @OptionGroup var options: EncryptOptions
        @Option(
            name: .customLong("new-vault-id"), help: ArgumentHelp("The new password.", valueName: "name@source"))
        var newIdentity: String?
        @Option(
            name: .customLong("new-vault-password-file"),
            help: ArgumentHelp("File with the new password, or a program that prints it.", valueName: "path"))
        var newPasswordFile: String?
        @Argument(help: "Files.") var files: [String]

        func run() async throws {
            try await VaultWork.reporting {
                let settings = VaultPasswordSettings(environment: VaultSession.environment)
                let keyring = try await VaultWork.opening(options.passwords)
                let identity =
                    newIdentity.map { VaultIdentity($0) }
                    ?? VaultIdentity(id: settings.defaultID, newPasswordFile.map { .file($0) } ?? .prompt)
                let new = try await VaultPasswordOptions.passwords(of: [identity], settings: settings, isNew: true)
                let password = try VaultWork.chosen(from: new, id: options.encryptID)
                // All are opened before one is changed.
                var texts: [(file: String, text: [UInt8])] = []
                for file in files {
                    let opened = try VaultWork.open(VaultWork.read(file), of: file, with: keyring)
                    texts.append((file, try VaultWork.encrypted(opened.plain.reveal(), password)))
                }
                for (file, text) in texts { try VaultWork.replace(file, text) }
                Output.print("Rekey successful", to: .stderr)
            }
        }
    }
}

/// Options that don't go together.
struct VaultUsage: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
/// What Ansible ends with 1 for.
struct VaultFailure: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
