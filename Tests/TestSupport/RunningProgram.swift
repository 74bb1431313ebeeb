import Foundation
import Glibc

/// A program that was started, to be waited for or killed; what it prints goes to files.
package final class RunningProgram: @unchecked Sendable {
    // `Process` is not marked Sendable. It is started in `init`, and only asked and waited for after that, which it
    // allows from any thread.
    private let process = Process()
    private let folder: String

    package init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, in workingFolder: String? = nil
    ) throws {
        folder = try temporaryFolder("output")
        for name in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        if let environment { process.environment = environment }
        if let workingFolder { process.currentDirectoryURL = URL(fileURLWithPath: workingFolder) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/out"))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/err"))
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    package var isRunning: Bool { process.isRunning }
    package var processIdentifier: pid_t { process.processIdentifier }
    package var output: String { text("out") }
    package var errors: String { text("err") }
    private func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data(), as: UTF8.self)
    }

    /// By SIGKILL; returns when it is gone.
    package func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    package func signal(_ number: Int32) { Glibc.kill(process.processIdentifier, number) }

    /// By SIGTERM.
    package func terminate() { process.terminate() }

    /// Its status, 128+n for signal n; blocks the calling thread.
    package func waitUntilEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
            ? 128 + process.terminationStatus : process.terminationStatus
    }

    /// Its status; nil, and it is killed, when it has not ended in time: something hangs.
    package func waitUntilEnd(atMost seconds: Int) -> Int32? {
        for _ in 0..<(seconds * 100) {
            if !process.isRunning { return waitUntilEnd() }
            usleep(10_000)
        }
        kill()
        return nil
    }
}
