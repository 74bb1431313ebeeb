import Synchronization

/// What is known of a scalar beside its content: whether it may be a template, whether it is secret, and where it was
/// written.
///
/// It is given where a value is read and travels with it, through lists, mappings, expressions and registered results.
/// It takes no part in comparing values:
/// two texts that are the same are equal, whoever wrote them.
///
/// - **Trust**: only what stands in a playbook, an inventory, a variables file or on the command line may be a
///   template, a condition or an expression. All
///   that is made in the program (`.string(text)`) is data: hosts, lookups, clients, the environment and other programs
///   cannot get trust by accident.
/// - **Secrecy**: what the vault, a prompt, a password option or `no_log` gave. It is shown as `«redacted:label»`,
///   whatever its type.
/// - **Origin**: file, line and column, for errors.
///
/// Eight bytes without a reference: an inventory of ten thousand hosts holds millions of them.
package struct Provenance: Sendable {
    /// Bit 63: trusted. Bit 62: secret. Bit 61: a secret that output is not searched for. Bit 60: made of a secret.
    /// Bit 59: encrypted by ansible-vault; of a secret: decrypted from such a text.
    /// Then 19 bits of the file's number (of a secret: the label's), 24 of the line, 16 of the column.
    private var bits: UInt64

    private init(bits: UInt64) { self.bits = bits }
    private static let trustedBit: UInt64 = 1 << 63, secretBit: UInt64 = 1 << 62, unsearchedBit: UInt64 = 1 << 61,
        derivedBit: UInt64 = 1 << 60, vaultBit: UInt64 = 1 << 59, fileNumbers: UInt64 = 0x7_ffff,
        widestColumn: UInt64 = 0xffff, lastLine: UInt64 = 0xff_ffff

    /// Made by a program, said by a host: data, not secret, from nowhere in particular.
    package static let data = Provenance(bits: 0)
    /// May be a template; no place is known.
    package static let trusted = Provenance(bits: trustedBit)
    /// Secret, and shown as `«redacted:label»`.
    ///
    /// - Parameter isSearched: false for what output is not searched for, since it is everywhere: a user's name, a
    ///   port.
    package static func secret(_ label: String, isSearched: Bool = true) -> Provenance {
        Provenance(bits: secretBit | (isSearched ? 0 : unsearchedBit) | UInt64(Names.number(of: label)) << 40)
    }

    package var isTrusted: Bool { bits & Self.trustedBit != 0 }
    package var isSecret: Bool { bits & Self.secretBit != 0 }
    /// Whether its text may join the search of output.
    package var isSearched: Bool { bits & Self.unsearchedBit == 0 }
    /// Whether a template made it of a secret, of which it is a part, a hash, a text around it: what is known of the
    /// secret's own text says nothing of this one.
    package var isDerived: Bool { isSecret && bits & Self.derivedBit != 0 }
    /// Whether the text is one of ansible-vault (`!vault`), to be decrypted where it is used.
    package var isEncrypted: Bool { bits & (Self.vaultBit | Self.secretBit) == Self.vaultBit }
    /// Whether it is what such a text holds, handed on as it is.
    package var isDecrypted: Bool { bits & Self.vaultBit != 0 && isSecret && !isDerived }
    /// What a secret is shown as; nil for what is not secret.
    package var label: String? { isSecret ? Names.name(UInt32(bits >> 40 & Self.fileNumbers)) ?? "secret" : nil }
    /// Where it was written; nil for what no file holds, and for secrets.
    package var origin: SourceMark? {
        guard !isSecret, let file = Names.name(UInt32(bits >> 40 & Self.fileNumbers)) else { return nil }
        return SourceMark(file: file, line: Int(bits >> 16 & Self.lastLine), column: Int(bits & Self.widestColumn))
    }

    /// The same with trust: for a secret that a trusted file holds encrypted.
    package var trusting: Provenance { Provenance(bits: bits | Self.trustedBit) }
    /// The same for a text that ansible-vault has encrypted. No text in it is a template, as in Ansible.
    package var encrypted: Provenance { Provenance(bits: bits & ~Self.trustedBit | Self.vaultBit) }
    /// Of what such a text holds: a secret, named by the place at which it stands.
    package static func decrypted(at origin: SourceMark?) -> Provenance {
        decrypted(as: origin.map { "\($0.file):\($0.line)" } ?? "ansible-vault")
    }
    package static func decrypted(as label: String) -> Provenance { Provenance(bits: secret(label).bits | vaultBit) }
    /// The same as a secret, which its place names; what is secret or encrypted already stays as it is.
    package var concealed: Provenance {
        guard !isSecret, !isEncrypted else { return self }
        let secret = Provenance.secret(origin.map { "\($0.file):\($0.line)" } ?? "secret")
        return isTrusted ? secret.trusting : secret
    }
    /// The same for what is made of a secret; nothing changes where it is none.
    package var derived: Provenance { isSecret ? Provenance(bits: bits | Self.derivedBit) : self }
    /// The same without the trust: for what is made from it, and for what is handed to a host.
    package var untrusted: Provenance { Provenance(bits: bits & ~Self.trustedBit) }

    /// One file that is being read; makes the provenance of what stands in it.
    package struct Source: Sendable {
        private let base: UInt64
        /// Of a file that was encrypted: its values are secrets, named by their places.
        private let secretFile: String?
        /// - Parameters:
        ///   - isTrusted: whether texts in it may be templates.
        ///   - isSecret: whether all values in it are secret.
        package init(file: String, isTrusted: Bool, isSecret: Bool = false) {
            base = UInt64(Names.number(of: file)) << 40 | (isTrusted ? Provenance.trustedBit : 0)
            secretFile = isSecret ? file : nil
        }
        /// The same for keys of mappings, which are shown, and for what is encrypted once more.
        var plain: Source { Source(base: base, secretFile: nil) }
        private init(base: UInt64, secretFile: String?) {
            self.base = base
            self.secretFile = secretFile
        }
        package func at(line: Int, column: Int) -> Provenance {
            if let secretFile {
                let secret = Provenance.secret("\(secretFile):\(line)")
                return base & Provenance.trustedBit != 0 ? secret.trusting : secret
            }
            let line = min(UInt64(max(0, line)), Provenance.lastLine)
            let column = min(UInt64(max(0, column)), Provenance.widestColumn)
            return Provenance(bits: base | line << 16 | column)
        }
    }

    /// Names of files and labels by number. There are as many as files were read and secrets have names; when the
    /// numbers are used up, places are unknown.
    private enum Names {
        private struct Table: Sendable {
            var names: [String] = [""]
            var numbers: [String: UInt32] = [:]
        }
        private static let table = Mutex(Table())
        private static let capacity = 1 << 19

        static func number(of name: String) -> UInt32 {
            table.withLock { table in
                if let known = table.numbers[name] { return known }
                guard table.names.count < capacity else { return 0 }
                let number = UInt32(table.names.count)
                table.names.append(name)
                table.numbers[name] = number
                return number
            }
        }
        static func name(_ number: UInt32) -> String? { number == 0 ? nil : table.withLock { $0.names[Int(number)] } }
    }
}

extension Provenance: Hashable {
    package static func == (left: Provenance, right: Provenance) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
}

extension Value {
    /// Of a scalar; `.data` for what carries none.
    package var provenance: Provenance {
        switch self {
        case .string(_, let provenance), .bool(_, let provenance), .int(_, let provenance), .bigInt(_, let provenance),
            .double(_, let provenance):
            provenance
        case .null, .bytes, .date, .dateTime, .list, .dict, .set, .omit: .data
        }
    }

    /// The value with every scalar in it, at any depth, known as `provenance` says.
    package func with(_ provenance: Provenance) -> Value { mapScalars { $0.withOwn(provenance) } }

    /// A scalar, known as `provenance` says.
    package func withOwn(_ provenance: Provenance) -> Value {
        switch self {
        case .string(let text, _): .string(text, provenance)
        case .bool(let flag, _): .bool(flag, provenance)
        case .int(let number, _): .int(number, provenance)
        case .bigInt(let number, _): .bigInt(number, provenance)
        case .double(let number, _): .double(number, provenance)
        case .null, .bytes, .date, .dateTime, .list, .dict, .set, .omit: self
        }
    }

    /// The value as data: no text in it is a template.
    package var untrusted: Value { mapScalars { $0.withOwn($0.provenance.untrusted) } }

    /// Every scalar at any depth replaced, keys of mappings left as they are.
    package func mapScalars(_ transform: (Value) -> Value) -> Value {
        switch self {
        case .list(let items): .list(items.map { $0.mapScalars(transform) })
        case .set(let items): .set(items.map { $0.mapScalars(transform) })
        case .dict(let map): .dict(ValueMap(map.pairs.mapValues { $0.mapScalars(transform) }))
        default: transform(self)
        }
    }

    /// Whether some scalar in it, at any depth, is secret.
    package var holdsSecret: Bool {
        switch self {
        case .list(let items), .set(let items): items.contains(where: \.holdsSecret)
        case .dict(let map): map.pairs.values.contains(where: \.holdsSecret)
        default: provenance.isSecret
        }
    }
}
