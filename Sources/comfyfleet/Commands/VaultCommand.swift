import ArgumentParser
import Foundation
import Redaction
import Vault
import YAML

struct VaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault", abstract: "Keeps credentials in an encrypted file.",
        discussion: """
            The vault is config/comfyvn.secrets.json, its key COMFYVN_SECRETS_KEY or config/comfyvn.secrets.key. It holds providers with fields; \
            a field may hold fields again, and a dot leads to them:

              comfyfleet vault init
              printf %s "$TOKEN" | comfyfleet vault set huggingface token
              comfyfleet vault set remote_installer hosts.gpu01.password
              comfyfleet vault list

            Values are read from standard input or asked for without showing them. COMFYVN_SECRET_<PROVIDER>_<FIELD> goes before what is stored. \
            Every read and change is in the audit trail (comfyfleet audit show).
            """,
        subcommands: [Init.self, List.self, Describe.self, Get.self, Set.self, Unset.self, Rotate.self, Import.self])

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    /// `hosts.gpu01.password`; a name with a dot in it is quoted: `hosts."gpu.lab.local".password`.
    struct FieldPath: ExpressibleByArgument {
        var names: [String]

        init?(argument: String) {
            names = []
            var name = ""
            var isQuoted = false
            var wasQuoted = false
            for character in argument {
                switch character {
                case "\"":
                    isQuoted.toggle()
                    wasQuoted = true
                case "." where !isQuoted:
                    guard !name.isEmpty || wasQuoted else { return nil }
                    names.append(name)
                    (name, wasQuoted) = ("", false)
                default: name.append(character)
                }
            }
            guard !isQuoted, !name.isEmpty || wasQuoted else { return nil }
            names.append(name)
        }

        /// The names as they are meant for this provider, whose hosts are called `gpu.lab.local`: what is stored
        /// decides, and for a
        /// new field of a host its place between `hosts` and the field.
        func resolved(in stored: [[String]]) -> [String] {
            let dotted = names.joined(separator: ".")
            for path in stored {
                for count in 1...path.count where path.prefix(count).joined(separator: ".") == dotted {
                    return Array(path.prefix(count))
                }
            }
            guard names.count > 3, names.first == "hosts" else { return names }
            let tail = names[names.count - 2] == "env" && names.count > 4 ? 2 : names[2] == "env" ? names.count - 2 : 1
            return ["hosts", names[1..<(names.count - tail)].joined(separator: ".")] + names.suffix(tail)
        }
    }

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Makes a key and an empty vault, where there are none.")

        func run() async throws {
            try await VaultSession.with { store, _ in
                let files = store.files
                let hasKey =
                    VaultSession.environment[VaultFiles.keyVariable]?.isEmpty == false
                    || FileManager.default.fileExists(atPath: files.key)
                let hasVault = FileManager.default.fileExists(atPath: files.vault)
                if !hasKey {
                    let fingerprint = try await store.generateKey()
                    Output.print(
                        "\(redacted(files.key)): a new key, fingerprint \(redacted(fingerprint)). Keep a copy somewhere safe: without it the vault is lost"
                    )
                }
                if !hasVault {
                    try await store.write([:])
                    Output.print(
                        "\(redacted(files.vault)): an empty vault. Fill it with: comfyfleet vault set PROVIDER FIELD")
                } else {
                    let providers = try await store.describeAll().count
                    Output.print(
                        "\(redacted(files.vault)): the vault is there, with \(providers) provider\(providers == 1 ? "" as RedactedText : "s")"
                    )
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the providers with the names of their fields.")
        @Option(help: "text or json.") var format = Format.text

        func run() async throws {
            let all = try await VaultSession.with { store, _ in try await store.describeAll() }
            switch format {
            case .json: Output.print(redacted(JSON.text(.list(all.map(VaultCommand.json)))))
            case .text:
                guard !all.isEmpty else {
                    return Output.print("the vault is empty; fill it with: comfyfleet vault set PROVIDER FIELD")
                }
                var table = TextTable(["PROVIDER", "FIELDS", "OVERRIDDEN BY THE ENVIRONMENT"])
                for provider in all {
                    table.add([
                        provider.provider, VaultCommand.short(provider.storedKeys),
                        VaultCommand.short(provider.overrideKeys),
                    ])
                }
                Output.print(table.text(ComfyFleet.secrets))
            }
        }
    }

    struct Describe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "describe",
            abstract: "Shows the names of all that a provider holds, or every provider, never a value.")
        @Argument(help: "The provider's name, in any case; every provider when it is left out.") var provider: String?
        @Option(help: "text or json.") var format = Format.text

        func run() async throws {
            let found = try await VaultSession.with { store, _ in
                guard let provider else { return try await store.describeAll() }
                let found = try await store.describe(provider)
                if !found.present { throw try await VaultCommand.unknown(provider, store) }
                return [found]
            }
            switch format {
            case .json:
                Output.print(
                    redacted(
                        JSON.text(provider == nil ? .list(found.map(VaultCommand.json)) : VaultCommand.json(found[0]))))
            case .text:
                for found in found { show(found) }
            }
        }

        private func show(_ found: SecretStore.Description) {
            Output.print(redacted(found.provider))
            for path in found.storedPaths.map({ $0.joined(separator: ".") }) {
                Output.print(
                    "  \(redacted(path))\(found.overrideKeys.contains(path) ? "  (overridden by the environment)" as RedactedText : "")"
                )
            }
            for key in found.overrideKeys where !found.storedPaths.contains([key]) {
                Output.print("  \(redacted(key))  (from the environment only)")
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Shows that a field is there; with --reveal, its value.",
            discussion:
                "With --reveal a text is printed as it is, anything else as JSON. The read is in the audit trail.")
        @Argument(help: "The provider's name, in any case.") var provider: String
        @Argument(
            help: ArgumentHelp(
                "The field, such as hosts.gpu01.password; all fields when it is left out.", valueName: "field"))
        var field: FieldPath?
        @Flag(help: "Print the value.") var reveal = false
        @Option(help: "text, or json: with --reveal the value as JSON.") var format = Format.text

        func run() async throws {
            try await VaultSession.with { store, _ in
                let reader = try await store.reader()
                let path =
                    if let field { try await VaultCommand.resolve(field, of: provider, in: store) } else { [String]() }
                let value = try reader.secret(provider, path)
                let label = ([provider] + path).joined(separator: ".")
                switch (reveal, format) {
                case (true, .text): Output.reveal(Secret(value.string ?? JSON.text(value)))
                case (true, .json): Output.reveal(Secret(JSON.text(value)))
                case (false, .text):
                    Output.print("\(redacted(label)): «redacted» (\(VaultCommand.kind(value))); --reveal shows it")
                case (false, .json):
                    Output.print(
                        redacted(
                            JSON.text(
                                .dict([
                                    "field": .string(label), "present": .bool(true),
                                    "kind": .string(VaultCommand.kind(value).description),
                                ]))))
                }
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Stores a value, from standard input or asked for.",
            discussion: "One line end at the value's end is left out. A provider or field that is not there is made.")
        @Argument(help: "The provider's name.") var provider: String
        @Argument(help: "The field, such as token or hosts.gpu01.password.") var field: FieldPath
        @Flag(help: "The value is JSON: a number, true, a list or an object.") var json = false
        @Argument(help: .hidden) var rest: [String] = []

        func run() async throws {
            if !rest.isEmpty {
                // The words are not repeated: they are the secret.
                throw Diagnostics([
                    Diagnostic(
                        "a value is never given as an argument: other users can read it in the list of processes, and the shell keeps it in its history",
                        at: nil,
                        remedy:
                            "leave it out to be asked for it, or pipe it: printf %s \"$VALUE\" | comfyfleet vault set PROVIDER FIELD"
                    )
                ])
            }
            let text = try SecretInput.read("value of \(redacted(([provider] + field.names).joined(separator: ".")))")
            ComfyFleet.secrets.insert(text, label: ([provider] + field.names).joined(separator: "."))
            guard !text.reveal().isEmpty else {
                throw Diagnostics([
                    Diagnostic(
                        "the value is empty; nothing was changed", at: nil,
                        remedy: "remove a field with: comfyfleet vault unset")
                ])
            }
            var value = Value.string(text.reveal())
            if json {
                do { value = try JSON.parse(Array(text.reveal().utf8), file: "standard input") } catch {
                    let place = error.all.first?.mark.map { "\($0): " } ?? ""
                    throw Diagnostics([
                        Diagnostic(
                            "\(place)not JSON; nothing was changed", at: nil,
                            remedy: "leave --json out to store it as text")
                    ])
                }
                if value.isNull {
                    throw Diagnostics([
                        Diagnostic(
                            "null is no value; nothing was changed", at: nil,
                            remedy: "remove a field with: comfyfleet vault unset")
                    ])
                }
            }
            try await VaultSession.with { store, _ in
                let path = try await VaultCommand.resolve(field, of: provider, in: store)
                try await store.update(provider, .patch(path, value))
                Output.print("stored \(redacted(([provider] + path).joined(separator: ".")))")
            }
        }
    }

    struct Unset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unset", abstract: "Removes a field, or a provider with all its fields.")
        @Argument(help: "The provider's name, in any case.") var provider: String
        @Argument(help: ArgumentHelp("The field; the whole provider when it is left out.", valueName: "field"))
        var field: FieldPath?

        func run() async throws {
            try await VaultSession.with { store, _ in
                guard let field else {
                    guard try await store.remove(provider) else {
                        throw try await VaultCommand.unknown(provider, store)
                    }
                    return Output.print("removed \(redacted(provider))")
                }
                let found = try await store.describe(provider)
                guard !found.storedKeys.isEmpty else { throw try await VaultCommand.unknown(provider, store) }
                let path = field.resolved(in: found.storedPaths)
                guard found.storedPaths.contains(where: { $0.starts(with: path) }) else {
                    throw VaultError(
                        .noSuchField, "'\(found.provider)' has no field '\(path.joined(separator: "."))'",
                        path: store.files.vault,
                        remedy: "it has: \(VaultCommand.short(found.storedPaths.map { $0.joined(separator: ".") }))")
                }
                try await store.update(provider, .patch(path, .null))
                Output.print("removed \(redacted(([found.provider] + path).joined(separator: ".")))")
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate", abstract: "Encrypts the vault with a new key, which replaces the old one.",
            discussion:
                "A crash at any moment leaves a vault that opens with the key on disk. Copies of the vault still need the old key."
        )
        @Flag(help: "Take the new key from standard input (or ask for it) instead of making one.") var givenKey = false

        func run() async throws {
            let key = givenKey ? try SecretInput.read("new key") : nil
            if let key { ComfyFleet.secrets.insert(key, label: "key") }
            try await VaultSession.with { store, _ in
                let rotation = try await store.rotateKey(to: key)
                Output.print(
                    "\(redacted(rotation.keyFile)): the new key, fingerprint \(redacted(rotation.fingerprint)); \(rotation.providers.count == 1 ? "1 provider is" : "\(rotation.providers.count) providers are") encrypted with it"
                )
                if rotation.environmentIsStale {
                    Output.print(
                        "warning: COMFYVN_SECRETS_KEY still holds the old key, and goes before the file: unset it, or set it to what is in \(redacted(rotation.keyFile))",
                        to: .stderr)
                }
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Stores what a plain JSON or YAML file holds.",
            discussion: """
                The file is an object of providers: {"huggingface": {"token": "…"}}. Its fields are merged into those that are stored, \
                null removes one; all of it is stored, or nothing. '-' reads standard input.
                """)
        @Argument(help: "The file, or -.", completion: .file(extensions: ["json", "yml", "yaml"])) var file: String
        @Flag(help: "Remove all that is stored and not in the file.") var replace = false

        func run() async throws {
            let providers = try read()
            try await VaultSession.with { store, _ in
                if replace {
                    try await store.write(providers)
                } else {
                    try await store.merge(
                        providers.names.compactMap { name in providers[name]?.map.map { (name, $0) } })
                }
                Output.print("stored \(redacted(VaultCommand.short(providers.names)))")
                if file != "-" {
                    Output.print(
                        "\(redacted(file)) still holds these values in the clear: remove it, for example with shred -u")
                }
            }
        }

        private func read() throws -> ValueMap {
            let name = file == "-" ? "standard input" : file
            let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
            let obstacle = file == "-" || access(file, R_OK) == 0 ? 0 : errno
            guard obstacle == 0 else {
                throw Diagnostics([
                    Diagnostic("\(name) cannot be read: \(String(cString: strerror(obstacle)).lowercased())", at: nil)
                ])
            }
            guard let handle, let bytes = try? handle.readToEnd() ?? Data() else {
                throw Diagnostics([Diagnostic("\(name) cannot be read", at: nil, remedy: "check that it is a file")])
            }
            let isYAML = file.hasSuffix(".yml") || file.hasSuffix(".yaml")
            let value: Value
            do {
                // The parsers' words may quote the file, and what is in it is secret: only the place is reported.
                value =
                    isYAML
                    ? try YAMLParser.parse([UInt8](bytes), file: name).root.value
                    : try JSON.parse([UInt8](bytes), file: name)
            } catch {
                throw Diagnostics([
                    Diagnostic(
                        "not \(isYAML ? "YAML" : "JSON") from here on",
                        at: error.all.first?.mark ?? SourceMark(file: name, line: 1, column: 1),
                        remedy: isYAML ? nil : "YAML needs a file name that ends in .yml")
                ])
            }
            guard let map = value.map else {
                throw Diagnostics([Diagnostic("\(name): an object of providers is needed", at: nil)])
            }
            if map["ciphertext"]?.string != nil {
                throw Diagnostics([
                    Diagnostic(
                        "\(name) is an encrypted vault, not plain text", at: nil,
                        remedy: "to use it, put it in the vault's place together with its key")
                ])
            }
            for name in map.names where map[name]?.map == nil {
                throw Diagnostics([
                    Diagnostic(
                        "provider '\(name)' is not an object of fields", at: nil,
                        remedy: #"write it as {"\#(name)": {"field": "value"}}"#)
                ])
            }
            guard map.names.count == map.count else {
                throw Diagnostics([Diagnostic("the names of providers are text", at: nil)])
            }
            return map
        }
    }

    // MARK: Shared by the subcommands

    private static func json(_ provider: SecretStore.Description) -> Value {
        .dict([
            "provider": .string(provider.provider), "present": .bool(provider.present),
            "stored_keys": .list(provider.storedKeys.map { .string($0) }),
            "override_keys": .list(provider.overrideKeys.map { .string($0) }),
            "paths": .list(provider.storedPaths.map { .list($0.map { .string($0) }) }),
        ])
    }

    private static func short(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", … (\(names.count) in all)" : "")
    }

    private static func kind(_ value: Value) -> RedactedText {
        switch value {
        case .string: "text"
        case .int, .bigInt, .double: "a number"
        case .bool: "true or false"
        case .list: "a list"
        case .dict: "fields"
        default: "nothing"
        }
    }

    /// Two names are what they say; of more, some may be one name with dots in it.
    private static func resolve(_ field: FieldPath, of provider: String, in store: SecretStore) async throws -> [String]
    {
        field.names.count < 3 ? field.names : field.resolved(in: try await store.describe(provider).storedPaths)
    }

    private static func unknown(_ provider: String, _ store: SecretStore) async throws -> VaultError {
        let names = try await store.describeAll().map(\.provider)
        return VaultError(
            .noSuchProvider, "the vault has no provider '\(provider)'", path: store.files.vault,
            remedy: names.isEmpty ? "it is empty; fill it with: comfyfleet vault set" : "it has: \(short(names))")
    }
}
