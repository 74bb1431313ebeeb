import Foundation

/// A new folder of the tests' own, mode 0700.
package func temporaryFolder(_ name: String = "test") throws -> String {
    var template = Array((NSTemporaryDirectory() + "comfyfleet-\(name)-XXXXXX").utf8CString)
    guard let path = template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) }).map({ String(cString: $0) })
    else {
        throw LoopbackFleet.Failure(description: "no temporary folder: \(String(cString: strerror(errno)))")
    }
    return path
}

package struct ProcessOutcome: Sendable {
    package let status: Int32
    package let stdout: String
    package let stderr: String
}

/// Runs a program to its end; throws when its status is not 0.
@discardableResult
package func run(
    _ program: String, _ arguments: String..., environment: [String: String]? = nil, input: String = ""
) throws -> ProcessOutcome {
    let outcome = try outcome(of: program, arguments, environment: environment, input: input)
    guard outcome.status == 0 else {
        throw LoopbackFleet.Failure(
            description:
                "\(program) \(arguments.joined(separator: " ")) ended with \(outcome.status): \(outcome.stderr)\(outcome.stdout)"
        )
    }
    return outcome
}

/// Runs a program to its end, whatever its status (128+n for a signal).
package func outcome(
    of program: String, _ arguments: [String], environment: [String: String]? = nil, folder: String? = nil,
    input: String = ""
) throws -> ProcessOutcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    if let environment { process.environment = environment }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    // Files, not pipes: nothing to drain while the process runs, whatever it prints.
    let scratch = try temporaryFolder("output")
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    for name in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: "\(scratch)/\(name)")) }
    try Data(input.utf8).write(to: URL(fileURLWithPath: scratch + "/in"))
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: scratch + "/in"))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch + "/out"))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch + "/err"))
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(scratch)/\(name)")), as: UTF8.self)
    }
    let status =
        process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    return ProcessOutcome(status: status, stdout: try text("out"), stderr: try text("err"))
}
