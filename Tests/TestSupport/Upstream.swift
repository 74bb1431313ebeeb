import Foundation

/// Stands in for the internet: an HTTP and a git server on loopback with archives, repositories and packages of the
/// programs in `Fixtures/upstream`.
/// They end with the test process.
package final class Upstream: Sendable {
    /// `http://127.0.0.1:PORT`
    package let http: String
    /// `git://127.0.0.1:PORT`
    package let git: String
    /// What the HTTP server serves.
    package var folder: String { place + "/www" }
    private let place: String
    private let process: Process
    private let lifeline: FileHandle

    /// - Parameter nvidia: the distributions for which there are NVIDIA's packages.
    package static func with<Result>(
        nvidia: Distribution..., body: (Upstream) async throws -> Result
    ) async throws -> Result {
        let upstream = try await start(nvidia)
        do {
            let result = try await body(upstream)
            try await offPool { upstream.stop() }
            return result
        } catch {
            try await offPool { upstream.stop() }
            throw error
        }
    }

    private static func start(_ nvidia: [Distribution]) async throws -> Upstream {
        let place = try temporaryFolder("upstream")
        let ports = [try freePort(), try freePort()]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments =
            [String(#filePath.dropLast("Upstream.swift".count)) + "upstream.sh", place] + ports.map(String.init)
            + nvidia.map(\.rawValue)
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let upstream = Upstream(place: place, ports: ports, process: process, lifeline: input.fileHandleForWriting)
        let said = try await offPool { output.fileHandleForReading.availableData }
        guard said == Data("ready\n".utf8) else {
            try await offPool { upstream.stop() }
            throw LoopbackFleet.Failure(description: "the servers did not start; see what upstream.sh said above")
        }
        return upstream
    }

    private init(place: String, ports: [Int], process: Process, lifeline: FileHandle) {
        self.place = place
        http = "http://127.0.0.1:\(ports[0])"
        git = "git://127.0.0.1:\(ports[1])"
        self.process = process
        self.lifeline = lifeline
    }

    private func stop() {
        try? lifeline.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: place)
    }
}
