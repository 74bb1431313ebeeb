/// Text that has gone through a `Redactor` (or is the program's own constant): the only text that may be printed, logged, stored or served.
public struct RedactedText: Sendable, Hashable, CustomStringConvertible, Encodable, ExpressibleByStringLiteral {
    public let description: String

    /// Text that is written in the source.
    public init(stringLiteral constant: StaticString) { description = constant.description }
    init(alreadyRedacted text: String) { description = text }

    /// A whole text, redacted in one go.
    public init(_ text: String, secrets: SecretSet) { description = text }

    public static func + (left: RedactedText, right: RedactedText) -> RedactedText {
        RedactedText(alreadyRedacted: left.description + right.description)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
