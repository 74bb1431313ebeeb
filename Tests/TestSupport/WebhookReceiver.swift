import Foundation
import Synchronization

/// An HTTP server on a loopback port that keeps what is posted to it, and answers as it is told.
package final class WebhookReceiver: Sendable {
    package struct Message: Sendable {
        package var path: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: String
    }
    package struct Answer: Sendable {
        package var status: Int
        package var headers: [String: String]
        /// The connection is closed without an answer.
        package var isCut: Bool
        package init(_ status: Int, headers: [String: String] = [:], isCut: Bool = false) {
            (self.status, self.headers, self.isCut) = (status, headers, isCut)
        }
    }
    package let port: Int
    package var url: String { "http://127.0.0.1:\(port)" }
    private let listener: LoopbackListener
    private let state = Mutex<(messages: [Message], answers: [Answer])>(([], []))

    /// - Parameter answers: to the first messages; then 200.
    package init(answers: [Answer] = []) throws {
        listener = try LoopbackListener()
        port = listener.port
        state.withLock { $0.answers = answers }
        let thread = Thread { [self] in
            while true {
                let connection = listener.accept()
                guard connection >= 0 else { return }
                let serving = Thread { [self] in serve(connection) }
                serving.start()
            }
        }
        thread.start()
    }

    package func stop() {
        shutdown(listener.descriptor, Int32(SHUT_RDWR))
        listener.close()
    }

    package var messages: [Message] { state.withLock { $0.messages } }

    /// Returns when so many messages have come; false when they don't.
    package func wait(for count: Int, atMost seconds: Int = 30) async throws -> Bool {
        try await offPool {
            for _ in 0..<(seconds * 100) {
                if self.messages.count >= count { return true }
                usleep(10_000)
            }
            return false
        }
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var received: [UInt8] = []
        while true {
            while let (message, rest) = Self.message(received) {
                received = rest
                let answer = state.withLock { state in
                    state.messages.append(message)
                    return state.answers.isEmpty ? Answer(200) : state.answers.removeFirst()
                }
                if answer.isCut { return }
                let headers = answer.headers.map { "\($0): \($1)\r\n" }.joined()
                let text = Array("HTTP/1.1 \(answer.status) Answer\r\n\(headers)Content-Length: 2\r\n\r\nok".utf8)
                // Who has hung up by now costs no signal, which would end the tests.
                guard send(connection, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else { return }
            }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            received += buffer[..<count]
        }
    }

    private static func message(_ bytes: [UInt8]) -> (Message, [UInt8])? {
        guard let end = Data(bytes).range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        // What a length that is none announces never comes.
        guard length >= 0, bytes.count - end.upperBound >= length else { return nil }
        let body = String(decoding: bytes[end.upperBound..<(end.upperBound + length)], as: UTF8.self)
        return (
            Message(
                path: lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? "", headers: headers,
                body: body), Array(bytes[(end.upperBound + length)...])
        )
    }
}
