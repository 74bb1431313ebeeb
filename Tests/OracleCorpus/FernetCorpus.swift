import Vault
import YAML

/// `fernet.json`: tokens and keys that Python's `cryptography` made, and what it refuses.
struct FernetCorpus: Corpus {
    let name = "fernet"

    func run(_ document: Value) throws -> [CaseOutcome] {
        guard let kinds = document.map else { throw CorpusError("the corpus is not an object") }
        return try kinds.pairs.flatMap { kind, list -> [CaseOutcome] in
            switch kind.string {
            case "valid": try cases(list, keys: ["key", "token", "time", "iv", "plaintext"]).flatMap(valid)
            case "invalid": try cases(list, keys: ["key", "token", "accepted_by_oracle"]).map(token)
            case "keys": try cases(list, keys: ["key", "accepted_by_oracle"]).map(key)
            default: throw CorpusError("the runner does not know \(JSON.text(kind))")
            }
        }
    }

    /// The token decrypts to the plaintext, and encrypting with its time and vector gives the token.
    private func valid(_ oracle: OracleCase) throws -> [CaseOutcome] {
        guard let time = oracle["time"]?.int, let iv = bytes(try oracle.string("iv")),
            let plaintext = bytes(try oracle.string("plaintext"))
        else {
            throw CorpusError("case \(oracle.id) has no time, or its base64 is none")
        }
        let token = try oracle.string("token")
        let fernet = try Fernet(key: try oracle.string("key"))
        let decrypted = (try? fernet.decrypt(token)).map { Base64URL.encode($0) } ?? "refused"
        let sealed = try fernet.seal(plaintext, time: UInt64(time), iv: iv)
        return [
            CaseOutcome(
                id: oracle.id + " decrypt", passed: decrypted == Base64URL.encode(plaintext),
                expected: Base64URL.encode(plaintext), actual: decrypted),
            CaseOutcome(id: oracle.id + " encrypt", passed: sealed == token, expected: token, actual: sealed),
        ]
    }

    private func token(_ oracle: OracleCase) throws -> CaseOutcome {
        let text = try oracle.string("token")
        let fernet = try Fernet(key: try oracle.string("key"))
        // Python's decoder lets these pass; refusing them is as right.
        let isLax = text.contains { $0.isWhitespace || $0 == "+" || $0 == "/" }
        return verdict(oracle, accepted: (try? fernet.decrypt(text)) != nil, either: isLax)
    }

    private func key(_ oracle: OracleCase) throws -> CaseOutcome {
        verdict(oracle, accepted: (try? Fernet(key: try oracle.string("key"))) != nil)
    }

    private func verdict(_ oracle: OracleCase, accepted: Bool, either: Bool = false) -> CaseOutcome {
        let expected = oracle["accepted_by_oracle"]?.bool
        let passed = expected == accepted || (either && expected == true)
        return CaseOutcome(
            id: oracle.id, passed: passed, expected: expected == true ? "accepted" : "refused",
            actual: accepted ? "accepted" : "refused")
    }

    private func bytes(_ base64: String) -> [UInt8]? { Base64URL.decode(base64.utf8, standardToo: true) }
}
