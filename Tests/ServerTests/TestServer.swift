import Foundation
import FoundationNetworking
import TestSupport
import Testing
import YAML

struct TestFailure: Error, CustomStringConvertible { let description: String }

/// `comfyfleet serve`, started as a user starts it, on a free port.
final class TestServer: Sendable {
    let program: RunningProgram
    let url: String
    let token: String?

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var text: String
        var json: ValueMap { (try? JSON.parse(Array(text.utf8)))?.map ?? [:] }
        var problems: [String] { json["problems"]?.list?.compactMap(\.string) ?? [] }
    }

    static let marked = "marked-token-4f9a1c77d0e24b6b"

    private init(_ program: RunningProgram, url: String, token: String?) {
        self.program = program
        self.url = url
        self.token = token
    }

    /// - Parameter token: put into the vault before; nil for a server without one.
    static func start(
        in place: Workplace, token: String? = marked, arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> TestServer {
        if let token {
            if !FileManager.default.fileExists(atPath: place.folder + "/config/comfyvn.secrets.json") {
                _ = try await place.comfyfleet("vault", "init")
            }
            let set = try await place.comfyfleet("vault", "set", "server", "token", input: token)
            guard set.status == 0 else { throw TestFailure(description: set.stderr) }
        }
        return try await again(in: place, token: token, arguments: arguments, environment: environment)
    }

    /// With the vault as it is.
    static func again(
        in place: Workplace, token: String?, arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> TestServer {
        let program = try RunningProgram(
            Workplace.program, ["serve", "--port", "0"] + arguments, environment: place.environment(environment),
            in: place.folder)
        for _ in 0..<600 {
            if let line = program.output.split(separator: "\n").first(where: { $0.hasPrefix("listening on ") }) {
                return TestServer(program, url: String(line.dropFirst("listening on ".count).dropLast()), token: token)
            }
            if !program.isRunning { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw TestFailure(description: "the server did not start: \(program.output)\(program.errors)")
    }

    var port: Int { URL(string: url)?.port ?? 0 }

    func stop() async throws {
        program.terminate()
        let program = program
        _ = try await offPool { program.waitUntilEnd(atMost: 60) }
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, nil, headers: headers)
    }

    func post(_ path: String, _ body: ValueMap? = nil, headers: [String: String] = [:]) async throws -> Answer {
        try await send("POST", path, body.map { JSON.text(.dict($0)) }, headers: headers)
    }

    func send(_ method: String, _ path: String, _ body: String?, headers: [String: String] = [:]) async throws -> Answer
    {
        guard let address = URL(string: url + path) else { throw TestFailure(description: "no URL: \(path)") }
        var request = URLRequest(url: address, timeoutInterval: 120)
        request.httpMethod = method
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        if let body {
            request.httpBody = Data(body.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        for (name, value) in headers { request.setValue(value.isEmpty ? nil : value, forHTTPHeaderField: name) }
        let session = URLSession(configuration: .ephemeral)
        defer { session.finishTasksAndInvalidate() }
        let (data, response) = try await session.data(for: request)
        let http = response as? HTTPURLResponse
        var fields: [String: String] = [:]
        for (name, value) in http?.allHeaderFields ?? [:] { fields["\(name)".lowercased()] = "\(value)" }
        return Answer(status: http?.statusCode ?? 0, headers: fields, text: String(decoding: data, as: UTF8.self))
    }

    /// What the server answers to these very bytes, until it closes the connection.
    func raw(_ bytes: String) async throws -> String {
        let port = port
        return try await offPool { try exchange(bytes, port: port) }
    }

    /// Events of a stream that has ended, in order.
    static func events(_ answer: Answer) -> [(id: Int?, name: String, data: ValueMap)] {
        answer.text.components(separatedBy: "\n\n").compactMap { message in
            var id: Int?
            var name = "message"
            var data: ValueMap?
            for line in message.split(separator: "\n") {
                if line.hasPrefix("id: ") { id = Int(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { data = (try? JSON.parse(Array(line.dropFirst(6).utf8)))?.map }
            }
            return data.map { (id, name, $0) }
        }
    }
}

private func exchange(_ bytes: String, port: Int) throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard connected == 0 else { throw TestFailure(description: "cannot connect to port \(port)") }
    let sent = Array(bytes.utf8)
    _ = send(descriptor, sent, sent.count, Int32(MSG_NOSIGNAL))
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count <= 0 { return String(decoding: answer, as: UTF8.self) }
        answer += buffer[..<count]
    }
}

extension Workplace {
    /// Makes the loopback inventory the one that the server takes.
    func serverInventory(_ fleet: LoopbackFleet, hosts: Int, variables: [String: String] = [:]) throws {
        try inventory(fleet, hosts: hosts, variables: variables)
        try FileManager.default.moveItem(atPath: folder + "/inventory.yml", toPath: folder + "/config/inventory.yml")
    }
}

func touch(_ path: String) { #expect(FileManager.default.createFile(atPath: path, contents: nil)) }
