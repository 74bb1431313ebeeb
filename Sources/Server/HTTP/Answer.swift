import HTTPTypes
import Hummingbird
import Redaction
import YAML

/// Answers are made of redacted text only; nothing else in this target makes a response with a body, but for the page's
/// own files.
enum Answer {
    static func json(_ value: RedactedJSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var buffer = RedactedBuffer()
        buffer.append(value)
        buffer.append("\n")
        return Response(
            status: status, headers: all(headers, "application/json"), body: .init(byteBuffer: bytes(buffer)))
    }

    /// What a `comfyfleet` of the server's own printed: JSON, and redacted by it.
    static func json(printed text: RedactedText) -> Response { json(.json(text)) }

    static func bytes(_ buffer: RedactedBuffer) -> ByteBuffer { buffer.withBytes { ByteBuffer(bytes: $0) } }

    static func all(_ headers: HTTPFields, _ type: String) -> HTTPFields {
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return headers
    }
}

extension RedactedJSON {
    /// What has been read from a file of the program's own, redacted again.
    static func json(_ value: Value, secrets: SecretSet) -> RedactedJSON {
        switch value {
        case .null: .null
        case .bool(let flag, _): .bool(flag)
        case .int(let number, _): .int(number)
        case .double(let number, _): .double(number)
        case .list(let items): .list(items.map { json($0, secrets: secrets) })
        case .dict(let map):
            .object(
                map.pairs.map {
                    .init(RedactedText($0.key.string ?? "", secrets: secrets), json($0.value, secrets: secrets))
                })
        default: .text(RedactedText(value.string ?? JSON.text(value), secrets: secrets))
        }
    }
}
