import Redaction
import TestSupport
import YAML

@testable import Audit
@testable import Runs
@testable import Vault

extension FuzzTarget {
    /// What the program has written itself, and others may have changed.
    static let state: [FuzzTarget] = [
        FuzzTarget(
            "journal",
            samples: [
                "{\"opened\": 1, \"key\": \"0123\", \"x\": \"gAAA\"}",
                "{\"batch\": 0, \"playbook\": 0, \"play\": 0, \"x\": \"\"}", "{\"session\": 0, \"x\": \"\"}",
                "{\"call\": 1, \"s\": 0, \"k\": 0, \"d\": \"d\", \"b\": 0, \"h\": 0, \"t\": 0, \"i\": 0, \"a\": 0}",
                "{\"item\": 0, \"b\": 0, \"h\": 0, \"t\": 0, \"x\": \"\"}",
                "{\"ended\": \"ok\", \"status\": null, \"changed\": true, \"b\": 0, \"h\": 0, \"t\": 0, \"notified\": [1], \"m\": 0}",
                "{\"closed\": 0}",
                "{\"type\":\"opened\",\"format\":1,\"program\":\"0.1.0\",\"process\":1,\"key\":\"0123\",\"arguments\":\"gAAA\"}\n{\"type\":\"batch\",\"batch\":1,\"playbook\":0,\"play\":0,\"hosts\":\"\"}\n{\"type\":\"closed\",\"exit_code\":0}\n",
                "{\"type\":\"opened\",\"format\":1,\"program\":null,\"process\":1,\"key\":\"\",\"arguments\":\"\"}\n{\"type\":\"call\",\"batch\":1,\"host\":0,\"task\":1,\"item\":0,\"attempt\":1,\"ordinal\":0,\"session\":0,\"number\":1,\"digest\":\"d\"}\n",
                "{\"type\":\"opened\",\"format\":1,\"program\":null,\"process\":1,\"key\":\"\",\"arguments\":\"\"}\n{\"type\":\"ended\",\"batch\":1,\"host\":0,\"task\":1,\"ending\":\"done\",\"status\":null,\"changed\":true,\"notified\":[1],\"mark\":0,\"learned\":null}\n",
                "{\"$set\": [1]}", "{\"$date\": [2024, 2, 29]}", "{\"$time\": [2024, 2, 29, 1, 2, 3, 4, null]}",
                "{\"$map\": [[1, 2]]}", "{\"$int\": \"9\"}", "{\"$bytes\": \"\"}", "{\"$double\": \"nan\"}",
            ],
            words: [
                "\"b\": ", "\"h\": ", "\"t\": ", "\"x\": ", "-1", "\"type\":\"", "\"format\":", "{", "}", "[", "]", ",",
                "null", "\n", "\"$date\": [", "\"$time\": [",
            ]
        ) { bytes in
            var reader = JournalReader()
            for line in JournalReader.lines(of: bytes + [10]) { _ = try? reader.entry(line) }
            if let value = try? StoredValue.value(bytes) {
                use(value)
                _ = StoredValue.bytes(value)
            }
        },
        FuzzTarget(
            "envelope",
            samples: Samples.texts("vault", "file") + Samples.texts("fernet", "token") + [
                "{\"version\":1,\"algorithm\":\"fernet\",\"ciphertext\":\"gAAAAABl\",\"updated_at\":\"2024-01-01T00:00:00Z\",\"fingerprint\":\"0123456789abcdef\"}",
                "{\"remote_installer\":{\"user\":\"x\"}}",
            ], words: ["\"ciphertext\":", "\"version\":", "gAAAAA", "{", "}", "=", "==", "-", "_", "\"", "\n"]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if case .encrypted(let envelope)? = try? Envelope.parse(bytes, path: "vault") {
                _ = try? fernet.decrypt(envelope.ciphertext)
            }
            _ = try? Envelope.payload(bytes, path: "vault")
            _ = try? fernet.decrypt(text)
            _ = try? Fernet(key: text)
            for isStandard in [true, false] {
                if let decoded = Base64URL.decode(bytes, standardToo: isStandard) { _ = Base64URL.encode(decoded) }
            }
        },
        FuzzTarget(
            "audit",
            samples: [
                "{\"timestamp\":\"2024-01-01T00:00:00Z\",\"event\":\"secrets.read\",\"previous\":\"0\",\"hash\":\"1\"}\n"
            ], words: ["\"previous\":\"", "\"hash\":\"", "\"event\":", "\"sequence\":", "{", "}", "\n"]
        ) { bytes in
            var check = ChainCheck(hash: nil)
            for (number, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
                check.read(Array(line), number: number + 1, isFinished: true)
            }
            check.finish()
        },
        // Any output with any secrets; the first line is the secret.
        FuzzTarget(
            "redaction",
            samples: ["secret\nits secret is secre", "a'b\"c\\d\né\n", "pässwörd\np%C3%A4ssw%C3%B6rd cGFzc3c", "x\n"],
            words: ["\n", "\u{1b}[31m", "\u{1b}]0;", "\\u00e4", "%", "=", "\u{9b}", "\u{202e}"]
        ) { bytes in
            let secrets = SecretSet()
            // A secret that repeats itself costs its length at each byte of a text that does; no host chooses what is
            // secret.
            let lines = bytes.prefix(600).split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
            secrets.insert(Secret(String(decoding: lines[0], as: UTF8.self)), label: "a.b")
            let rest = Array(lines.last ?? [])
            let whole = RedactedText(rest, secrets: secrets).description
            var redactor = Redactor(secrets)
            var text = ""
            for start in stride(from: 0, to: rest.count, by: 7) {
                text += redactor.feed(rest[start..<min(start + 7, rest.count)]).description
            }
            text += redactor.finish().description
            if text != whole, String(validating: rest, as: UTF8.self) != nil {
                broken("in parts it is redacted otherwise than as a whole")
            }
        },
    ]

    private static let fernet: Fernet = {
        guard let fernet = try? Fernet(key: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=") else {
            broken("the key of the target is none")
        }
        return fernet
    }()
}
