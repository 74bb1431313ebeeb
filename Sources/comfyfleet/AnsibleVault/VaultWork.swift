import AnsibleVault
import Foundation
import Glibc
import Redaction
import Support
import YAML

/// What the commands of `ansible-vault` share.
enum VaultWork {
    /// Prints errors as Ansible does, and ends with its codes.
    static func reporting(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let usage as VaultUsage {
            Output.print("[ERROR]: \(redacted(usage.message))", to: .stderr)
            throw CommandExit(code: 5)
        } catch let failure as VaultFailure {
            Output.print("[ERROR]: \(redacted(failure.message))", to: .stderr)
            throw CommandExit(code: 1)
        } catch let problem as any ExplainedError {
            Output.print("[ERROR]: \(redacted(problem.description))", to: .stderr)
            throw CommandExit(code: 1)
        }
    }

    /// Of those that read: without any option, the password is asked for.
    static func opening(_ options: VaultPasswordOptions) async throws -> VaultKeyring {
        let settings = VaultPasswordSettings(environment: VaultSession.environment)
        var identities = options.identities(settings)
        if identities.isEmpty { identities = [VaultIdentity(id: settings.defaultID, .prompt)] }
        return VaultKeyring(
            try await VaultPasswordOptions.passwords(of: identities, settings: settings), matchesID: settings.matchesID)
    }

    /// The password that encrypts.
    static func encrypting(_ options: AnsibleVaultCommand.EncryptOptions) async throws -> VaultKeyring.Password {
        let settings = VaultPasswordSettings(environment: VaultSession.environment)
        var identities = options.passwords.identities(settings)
        if identities.isEmpty { identities = [VaultIdentity(id: settings.defaultID, .prompt)] }
        let passwords = try await VaultPasswordOptions.passwords(of: identities, settings: settings, isNew: true)
        return try chosen(from: passwords, id: options.encryptID ?? settings.encryptID)
    }

    static func chosen(
        from passwords: [VaultKeyring.Password], id: String?
    ) throws -> VaultKeyring.Password {
        if let id {
            guard let password = passwords.first(where: { $0.id == id }) else {
                let known = passwords.map { "'\($0.id)'" }.joined(separator: ", ")
                throw VaultFailure(
                    "Did not find a match for --encrypt-vault-id=\(id) in the known vault-ids [\(known)]")
            }
            return password
        }
        var names: [String] = []
        for password in passwords where !names.contains(password.id) { names.append(password.id) }
        guard names.count == 1, let password = passwords.first else {
            throw VaultUsage(
                "The vault-ids \(names.joined(separator: ",")) are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id"
            )
        }
        return password
    }

    static func open(
        _ bytes: [UInt8], of file: String, with keyring: VaultKeyring
    ) throws -> (plain: Secret<[UInt8]>, text: VaultText, with: VaultKeyring.Password) {
        do { return try keyring.opened(bytes) } catch {
            throw VaultFailure("\(error.message). for \(file == "-" ? "stdin" : file)")
        }
    }

    /// - Parameter id: the name that stays in the header; nil for the password's own.
    static func encrypted(
        _ plain: [UInt8], _ password: VaultKeyring.Password, id: String? = nil
    ) throws -> [UInt8] {
        do { return try VaultCipher.encrypt(plain, password.secret, id: id ?? password.id).bytes } catch {
            throw VaultFailure("libcrypto refused \(error.call)")
        }
    }

    // MARK: Files

    static func read(_ file: String) throws -> [UInt8] {
        if file == "-" { return standardInput() }
        var status = stat()
        guard stat(file, &status) == 0 else {
            throw VaultFailure("Unable to read source file (\(file)): \(String(cString: strerror(errno)))")
        }
        do { return try TextFile.bytes(of: file, limit: 1 << 31) } catch {
            throw VaultFailure("Unable to read source file (\(file)): \(error.problem)")
        }
    }

    static func standardInput() -> [UInt8] { Array(FileHandle.standardInput.readDataToEndOfFile()) }

    /// In one step, readable for the owner alone, who stays the same.
    static func replace(_ path: String, _ bytes: [UInt8]) throws { try PrivateFile.replace(path, bytes) }

    /// Ciphertext, which holds no secret that could be read.
    static func show(_ text: [UInt8]) {
        Output.print(redacted(String(decoding: text, as: UTF8.self)), terminator: "")
    }

    /// As Ansible does, to a person only.
    static func say(_ text: RedactedText) { if isatty(STDOUT_FILENO) != 0 { Output.print(text, to: .stderr) } }
}
