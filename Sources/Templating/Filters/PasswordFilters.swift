import CCrypt

extension Filters {
    /// Hashes of passwords, as `/etc/shadow` holds them.
    static let passwordFilters: [String: Operation] = [
        "password_hash": Operation(["hashtype", "salt", "salt_size", "rounds", "ident"]) {
            operand throws(TemplateError) in
            guard case .string(let password, _) = operand.input else {
                throw .other("password_hash can only hash a text, not \(operand.input.typeName)")
            }
            let kind = try operand.optionalText(0) ?? "sha512"
            guard let hash = PasswordHash(named: kind) else {
                throw .other("\(kind) is not in the list of supported algorithms: md5, blowfish, sha256, sha512")
            }
            let rounds: Int? = if let value = operand[3], !value.isNone { try operand.int(3) } else { nil }
            let size: Int? = if let value = operand[2], !value.isNone { try operand.int(2) } else { nil }
            return .string(
                try hash.hash(
                    password, salt: operand.optionalText(1), saltSize: size, rounds: rounds,
                    ident: operand.optionalText(4)))
        }
    ]
}

/// One of crypt(3)'s ways to hash a password.
struct PasswordHash {
    private let ident: String
    private let saltSize: Int
    /// Taken when nobody says any; nil where the way has none.
    private let rounds: Int?
    /// Rounds that go without saying in the hash.
    private let implicitRounds: Int?
    private var isBlowfish: Bool { saltSize == 22 }

    init?(named name: String) {
        switch name.hasSuffix("_crypt") ? String(name.dropLast(6)) : name {
        case "md5": (ident, saltSize, rounds, implicitRounds) = ("1", 8, nil, nil)
        case "sha256": (ident, saltSize, rounds, implicitRounds) = ("5", 16, 535_000, 5000)
        case "sha512": (ident, saltSize, rounds, implicitRounds) = ("6", 16, 656_000, 5000)
        case "blowfish", "bcrypt": (ident, saltSize, rounds, implicitRounds) = ("2b", 22, 12, nil)
        default: return nil
        }
    }

    private static let alphabet = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    func randomSalt(size: Int? = nil) -> String {
        String((0..<(size ?? saltSize)).map { _ in Self.alphabet.randomElement() ?? "." })
    }

    func hash(
        _ password: String, salt: String?, saltSize: Int? = nil, rounds: Int? = nil, ident: String? = nil
    ) throws(TemplateError) -> String {
        guard saltSize ?? 1 >= 0, saltSize ?? 1 <= 64 else {
            throw .other("Could not hash the secret: salt_size must be between 0 and 64")
        }
        let salt = salt ?? randomSalt(size: saltSize)
        guard salt.allSatisfy(Self.alphabet.contains) else {
            throw .other("Could not hash the secret: invalid characters in the salt")
        }
        guard isBlowfish ? salt.count == 22 : !salt.isEmpty && salt.count <= self.saltSize else {
            throw .other(
                "Could not hash the secret: the salt must have \(isBlowfish ? "" : "1 to ")\(self.saltSize) characters, and has \(salt.count)"
            )
        }
        guard !password.utf8.contains(0) else { throw .other("Could not hash the secret: it holds a NUL character") }
        if let ident, isBlowfish ? !["2a", "2b", "2y"].contains(ident) : ident != self.ident {
            throw .other("Could not hash the secret: there is no ident '\(ident)' for it")
        }
        var setting = "$\(ident ?? self.ident)$"
        if let rounds = rounds ?? self.rounds {
            guard self.rounds != nil else { throw .other("Could not hash the secret: md5 has no rounds") }
            guard isBlowfish ? (4...31).contains(rounds) : (1000...999_999_999).contains(rounds) else {
                throw .other("Could not hash the secret: \(rounds) rounds are too few or too many")
            }
            let most = isBlowfish ? Bounds.blowfishRounds : Bounds.hashRounds
            guard rounds <= most else {
                throw .other("Could not hash the secret: \(rounds) rounds take too long; at most \(most) are accepted")
            }
            if isBlowfish {
                setting += "\(rounds < 10 ? "0" : "")\(rounds)$"
            } else if rounds != implicitRounds {
                setting += "rounds=\(rounds)$"
            }
        }
        guard let hash = Self.crypt(password, setting + salt) else {
            throw .other("Could not hash the secret: crypt(3) of this machine does not know \(setting)")
        }
        return hash
    }

    /// nil when the C library refuses the setting.
    private static func crypt(_ password: String, _ setting: String) -> String? {
        // The structure has 32 KB: on the heap, and wiped, since the password has been in it.
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        data.initialize(to: crypt_data())
        defer {
            UnsafeMutableRawBufferPointer(start: data, count: MemoryLayout<crypt_data>.size).initializeMemory(
                as: UInt8.self, repeating: 0)
            data.deallocate()
        }
        guard let hash = crypt_r(password, setting, data) else { return nil }
        let text = String(cString: hash)
        return text.hasPrefix("*") ? nil : text
    }
}
