import Redaction
import Support

/// How lines are chained.
///
/// A line is `{"timestamp":…,"event":…,…,"previous":"<64 hex digits>","hash":"<64 hex digits>"}`. `hash` is the SHA-256
/// of the line's own bytes
/// without `,"hash":"…"`, so that no rule about the order of keys or about spaces is needed, and a shell can check it:
///
///     sed 's/,"hash":"[0-9a-f]*"}$/}/' <<<"$line" | tr -d '\n' | sha256sum
///
/// `previous` is the digest of the line before: its `hash` when it is an entry, the SHA-256 of its bytes when it is
/// something else (what another
/// program wrote there earlier, or a line that was never finished), and zeroes in the first line.
enum AuditChain {
    /// The event of an entry that notes an unfinished line before it.
    static let recovered: RedactedText = "audit.recovered"

    struct Digest: Sendable, Hashable {
        let text: RedactedText
        static let none = Digest(text: .repeating("0", count: 64))
    }

    static func seal(_ entry: AuditLog.Entry, time: RedactedText, following previous: inout Digest) -> [UInt8] {
        var members: [RedactedJSON.Member] = [.init("timestamp", .text(time)), .init("event", .text(entry.event))]
        members.append(
            .init(
                "logger",
                .text(entry.event.description.hasPrefix("secrets.") ? "comfyvn.security.secrets" : "comfyvn.security")))
        members += entry.fields.map { .init($0.name, $0.value) }
        members.append(.init("previous", .text(previous.text)))
        let body = RedactedJSON.object(members).encoded().description.utf8
        previous = sha256(body)
        return body.dropLast() + Array(",\"hash\":\"\(previous.text)\"}\n".utf8)
    }

    struct Link: Equatable { var previous: String, hash: Digest }

    /// The links of a line that is an entry and unchanged; nil for anything else.
    static func link(of line: some BidirectionalCollection<UInt8>) -> Link? {
        guard case .entry(let previous, let claimed, let actual) = reading(of: line), claimed == actual.text.description
        else { return nil }
        return Link(previous: previous, hash: actual)
    }

    enum Reading {
        case entry(previous: String, claimed: String, actual: Digest)
        case other
    }

    static func reading(of line: some BidirectionalCollection<UInt8>) -> Reading {
        func field(_ name: StaticString, endOf text: ArraySlice<UInt8>) -> (value: String, rest: ArraySlice<UInt8>)? {
            let opening = Array(",\"\(name)\":\"".utf8)
            let field = text.suffix(opening.count + 66)
            let value = field.dropFirst(opening.count).dropLast(2)
            guard field.starts(with: opening), field.suffix(2).elementsEqual("\"}".utf8), value.count == 64,
                value.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            else { return nil }
            return (String(decoding: value, as: UTF8.self), text.dropLast(field.count) + [UInt8(ascii: "}")])
        }
        guard let (claimed, body) = field("hash", endOf: Array(line)[...]),
            let (previous, _) = field("previous", endOf: body)
        else { return .other }
        return .entry(previous: previous, claimed: claimed, actual: sha256(body))
    }

    /// What the line after this one has as `previous`; nil stands for the file's beginning.
    static func digest(of line: [UInt8]?) -> Digest {
        guard let line else { return .none }
        return link(of: line)?.hash ?? sha256(line)
    }

    private static func sha256(_ bytes: some Collection<UInt8>) -> Digest {
        Digest(text: Hex.shown(digest: SHA2.sha256(Array(bytes))))
    }
}
