import HTTPTypes
import Hummingbird
import NIOCore
import Redaction
import Runs
import ServiceLifecycle
import Synchronization
import YAML

/// A run's events as server-sent events, from any one on, and on as they come. An event's id is its `seq`, so a client
/// that was disconnected asks for what comes after
/// the last one that it has seen (`Last-Event-ID`), and misses none.
///
/// The stream ends with an event of its own, `end`, when no process works on the run any more.
struct EventStream: Sendable {
    let run: RunArchive.Entry
    let archive: RunArchive
    /// The last event that the client has.
    let after: Int
    /// Without what hosts print and tasks return: what an overview needs.
    let isBrief: Bool
    let secrets: SecretSet
    /// Whether who looks may still do so: a token may be revoked meanwhile.
    let isAllowed: @Sendable () -> Bool
    private static let pause = Duration.milliseconds(200), heartbeat = Duration.seconds(15)

    func response() -> Response {
        var headers = Answer.all([:], "text/event-stream; charset=utf-8")
        headers[.xAccelBuffering] = "no"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await write(to: &writer)
                try await writer.finish(nil)
            })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        let clock = ContinuousClock()
        let source = try EventSource(run.folder) { [self] in messages($0) }
        var last = clock.now
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        // A server that stops does not wait for those who only watch.
        while !Task.isCancelled, !Task.isShuttingDownGracefully, try await blocking(isAllowed) {
            // Looked at before what is read: what is written before the end is sent.
            let goesOn = run.state == .running
            guard let text = try await source.next() else {
                if !goesOn { return try await writer.write(try await end()) }
                if clock.now - last > Self.heartbeat {
                    try await writer.write(ByteBuffer(string: ":\n\n"))
                    last = clock.now
                }
                try? await Task.sleep(for: Self.pause)
                continue
            }
            if text.isEmpty { continue }
            try await writer.write(Answer.bytes(text))
            last = clock.now
        }
    }

    private func messages(_ lines: [[UInt8]]) -> RedactedBuffer {
        var buffer = RedactedBuffer()
        for line in lines {
            guard let event = (try? JSON.parse(line))?.map, let number = event["seq"]?.int, number > after else {
                continue
            }
            let data: RedactedText
            if isBrief {
                guard let brief = Self.brief(event) else { continue }
                data = RedactedText(JSON.text(.dict(brief), spaced: false), secrets: secrets)
            } else {
                data = RedactedText(line, secrets: secrets)
            }
            buffer.append("id: \(number)\ndata: \(data)\n\n")
        }
        return buffer
    }

    private static func brief(_ event: ValueMap) -> ValueMap? {
        if event["event"]?.string == "host.output" { return nil }
        var brief = event
        for name in ["result", "diff"] { brief[name] = nil }
        return brief
    }

    private func end() async throws -> ByteBuffer {
        // Its summary has come since.
        let ended = try await blocking { try archive.run(run.folder.id) }
        let state: RedactedText = ended.state == .finished ? "finished" : "interrupted"
        var buffer = RedactedBuffer()
        buffer.append("event: end\ndata: {\"state\":\"\(state)\"}\n\n")
        return Answer.bytes(buffer)
    }
}

/// Reads and redacts on threads for blocking work, so that a slow disk or a long journal holds up nobody else.
private final class EventSource: Sendable {
    private let follower: Mutex<RunFollower>
    private let messages: @Sendable ([[UInt8]]) -> RedactedBuffer

    init(_ folder: RunFolder, _ messages: @escaping @Sendable ([[UInt8]]) -> RedactedBuffer) throws {
        follower = Mutex(try RunFollower(folder))
        self.messages = messages
    }

    /// nil when nothing more is there now.
    func next() async throws -> RedactedBuffer? {
        try await blocking { try self.follower.withLock { try $0.nextLines(size: 1 << 18) }.map(self.messages) }
    }
}

extension HTTPField.Name {
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .server
}
