import Foundation
import Glibc
import TestSupport
import YAML

/// Headless Chromium with one page, told what to do by its DevTools protocol.
final class Browser: @unchecked Sendable {
    // Used by one test at a time, which waits for each answer.
    private let program: RunningProgram
    private let profile: String
    private let socket: WebSocket
    private var session: Value?
    private var nextID = 0
    /// What the page complained of: errors of scripts, what the Content-Security-Policy stopped.
    private(set) var complaints: [String] = []

    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    init(width: Int = 1280, height: Int = 860) throws {
        guard let path = Self.path else {
            throw TestFailure(description: "no Chromium on this machine; apt-get install chromium")
        }
        profile = try temporaryFolder("browser")
        program = try RunningProgram(
            path,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0",
                "--user-data-dir=\(profile)",
                "--window-size=\(width),\(height)", "about:blank",
            ])
        // The port, and where on it the browser is.
        var place: [Substring] = []
        for _ in 0..<1200 where place.count < 2 {
            place =
                (try? String(contentsOfFile: profile + "/DevToolsActivePort", encoding: .utf8))?.split(separator: "\n")
                ?? []
            usleep(25_000)
        }
        guard place.count == 2, let port = Int(place[0]) else {
            program.kill()
            throw TestFailure(description: "Chromium did not start: \(program.errors)")
        }
        socket = try WebSocket(port: port, path: String(place[1]))
        let target = try call("Target.createTarget", ["url": "about:blank"])["targetId"] ?? .null
        session = try call("Target.attachToTarget", ["targetId": target, "flatten": .bool(true)])["sessionId"]
        for domain in ["Page", "Runtime", "Log"] { _ = try call(domain + ".enable") }
    }

    func close() {
        program.kill()
        try? FileManager.default.removeItem(atPath: profile)
    }

    func open(_ url: String) throws { _ = try call("Page.navigate", ["url": .string(url)]) }

    /// What a JavaScript expression gives; a promise is waited for.
    func evaluate(_ script: String) throws -> Value {
        let result = try call(
            "Runtime.evaluate",
            ["expression": .string(script), "returnByValue": .bool(true), "awaitPromise": .bool(true)])
        if let problem = result["exceptionDetails"]?.map {
            throw TestFailure(description: "\(script): \(JSON.text(.dict(problem)))")
        }
        return result["result"]?.map?["value"] ?? .null
    }

    /// What a person reads on the page.
    var text: String { (try? evaluate("location.href + '\\n' + document.body.innerText").string) ?? "" }

    /// Returns when the expression is true; false when it has not become so within half a minute.
    func wait(for script: String) throws -> Bool {
        for _ in 0..<600 {
            if try evaluate("Boolean(\(script))") == .bool(true) { return true }
            usleep(50_000)
        }
        return false
    }

    /// `Tab`, `ArrowRight`, `Enter`, `/`.
    func press(_ key: String) throws {
        let text = key == "Enter" ? "\r" : key.count == 1 ? key : ""
        let code =
            [
                "Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
                "End": 35, "Home": 36,
            ][key] ?? 0
        for type in ["keyDown", "keyUp"] {
            var event: ValueMap = ["type": .string(type), "key": .string(key), "windowsVirtualKeyCode": .int(code)]
            if type == "keyDown", !text.isEmpty { event["text"] = .string(text) }
            _ = try call("Input.dispatchKeyEvent", event)
        }
    }

    private func call(_ method: String, _ parameters: ValueMap = [:]) throws -> ValueMap {
        nextID += 1
        var message: ValueMap = ["id": .int(nextID), "method": .string(method), "params": .dict(parameters)]
        if let session { message["sessionId"] = session }
        try socket.send(JSON.text(.dict(message), spaced: false))
        while true {
            guard let message = try JSON.parse(Array(try socket.receive().utf8)).map else { continue }
            if message["id"]?.int == nextID { return message["result"]?.map ?? [:] }
            switch message["method"]?.string {
            case "Runtime.exceptionThrown": complaints.append(JSON.text(message["params"] ?? .null))
            case "Log.entryAdded" where message.value(at: ["params", "entry", "level"])?.string == "error":
                complaints.append(JSON.text(message["params"] ?? .null))
            default: break
            }
        }
    }
}

/// As much of RFC 6455 as a client on loopback needs: whole text messages, no extensions.
private final class WebSocket {
    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: Int, path: String) throws {
        descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw TestFailure(description: "cannot connect to Chromium") }
        try write(
            Array(
                "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                    .utf8))
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head += try read(1) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        var frame: [UInt8] = [0x81]
        if bytes.count < 126 {
            frame.append(0x80 | UInt8(bytes.count))
        } else {
            frame += [0xff] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) }
        }
        // A mask of zeroes leaves the text as it is.
        try write(frame + [0, 0, 0, 0] + bytes)
    }

    func receive() throws -> String {
        var text: [UInt8] = []
        while true {
            let head = try read(2)
            var length = Int(head[1] & 0x7f)
            if length >= 126 { length = try read(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
            text += try read(length)
            if head[0] & 0x80 != 0 { return String(decoding: text, as: UTF8.self) }
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw TestFailure(description: "Chromium has gone")
        }
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while received.count < count {
            let more = recv(descriptor, &buffer, buffer.count, 0)
            guard more > 0 else { throw TestFailure(description: "Chromium has gone") }
            received += buffer[..<more]
        }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }
}
