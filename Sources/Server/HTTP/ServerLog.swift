import Logging
import Redaction

/// Where the server and the libraries under it log: standard error, redacted.
struct ServerLog: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    let secrets: SecretSet
    init(secrets: SecretSet) { self.secrets = secrets }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        Output.print(
            "\(RedactedText(own: event.level)): \(RedactedText("\(event.message)", secrets: secrets))", to: .stderr)
    }
}
