import Foundation
import Glibc
import TestSupport

/// Runs a target in a process of its own, begins another when it dies, and keeps the inputs that it died of.
package struct FuzzRun: Sendable {
    /// An input that its reader did not return from.
    package struct Finding: Sendable {
        package let number: UInt64
        package let input: [UInt8]
        /// `hangs`, `takes too much memory`, or how the process ended, with what it said.
        package let what: String
        package let path: String
    }
    package struct Outcome: Sendable {
        package var inputs: UInt64 = 0
        package var seconds = 0.0
        package var findings: [Finding] = []
        package var perSecond: Int { Int(Double(inputs) / max(seconds, 0.001)) }
    }

    /// The program that is this target's worker: `fuzz`.
    package var program: String
    package var target: FuzzTarget
    package var seed: UInt64
    /// Where the inputs of findings are kept.
    package var folder: String
    /// After which no more inputs are begun.
    package var seconds: Double
    package var inputs: UInt64 = .max / 2
    /// Seconds of processor time: an input that takes more hangs. The slowest that is right, with all the steps that a
    /// template may take, takes a fraction of it. One that waits
    /// instead is given ten times as long, as the machine may be busy with other things.
    #if DEBUG
    package var longestInput = 100.0
    #else
    package var longestInput = 20.0
    #endif
    package var mostMemory = 3 << 30
    package var mostFindings = 10

    package init(program: String, target: FuzzTarget, seed: UInt64, folder: String, seconds: Double) {
        self.program = program
        self.target = target
        self.seed = seed
        self.folder = folder
        self.seconds = seconds
    }

    package func run() throws -> Outcome {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let scratch = try temporaryFolder("fuzz")
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        guard let file = InputFile("\(scratch)/input") else { throw CocoaError(.fileWriteUnknown) }
        var outcome = Outcome()
        var next: UInt64 = 0
        let begin = ContinuousClock.now
        while outcome.findings.count < mostFindings, next < inputs,
            (ContinuousClock.now - begin) / .seconds(1) < seconds
        {
            guard let what = try work(from: next, file, scratch, until: begin.advanced(by: .seconds(seconds))) else {
                break
            }
            let path = "\(folder)/\(target.name)-\(seed)-\(file.number)"
            try Data(file.input).write(to: URL(fileURLWithPath: path))
            outcome.findings.append(Finding(number: file.number, input: file.input, what: what, path: path))
            next = file.number + 1
        }
        outcome.inputs = file.done
        outcome.seconds = (ContinuousClock.now - begin) / .seconds(1)
        return outcome
    }

    /// What was wrong with the input that the worker was at, when it did not come to its end.
    private func work(
        from first: UInt64, _ file: InputFile, _ scratch: String, until end: ContinuousClock.Instant
    ) throws -> String? {
        var environment = ProcessInfo.processInfo.environment
        // What a template reads of the machine is nothing, and what it would write has no place.
        environment["HOME"] = scratch
        environment["SWIFT_BACKTRACE"] =
            "enable=yes,color=no,threads=crashed,images=none,registers=none,limit=12,sanitize=no"
        let worker = try RunningProgram(
            program, ["--worker", target.name, "\(seed)", "\(first)", "\(inputs - first)", "\(scratch)/input"],
            environment: environment, in: scratch)
        var seen = (number: UInt64.max, done: UInt64.max, since: ContinuousClock.now, spent: 0.0)
        while worker.isRunning {
            usleep(20_000)
            let now = ContinuousClock.now
            if file.number != seen.number || file.done != seen.done {
                seen = (file.number, file.done, now, Self.processorTime(of: worker.processIdentifier))
            }
            if now >= end {
                worker.kill()
                return nil
            }
            // The worker is being born, or is writing down why it dies.
            guard seen.done != .max else { continue }
            let waited = (now - seen.since) / .seconds(1)
            if waited > 10 * longestInput
                || (waited > longestInput
                    && Self.processorTime(of: worker.processIdentifier) - seen.spent > longestInput)
            {
                worker.kill()
                return worker.errors.isEmpty
                    ? "takes more than \(Int(longestInput)) s of processor time, or waits" : Self.summary(worker.errors)
            }
            if Self.memory(of: worker.processIdentifier) > mostMemory {
                worker.kill()
                return "takes more than \(mostMemory >> 30) GiB of memory"
            }
        }
        let status = worker.waitUntilEnd()
        return status == 0 ? nil : "ends the process (status \(status)): \(Self.summary(worker.errors))"
    }

    private static func memory(of process: pid_t) -> Int {
        let fields =
            FileManager.default.contents(atPath: "/proc/\(process)/statm").map {
                String(decoding: $0, as: UTF8.self).split(separator: " ")
            } ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// In seconds.
    private static func processorTime(of process: pid_t) -> Double {
        let stat =
            FileManager.default.contents(atPath: "/proc/\(process)/stat").map { String(decoding: $0, as: UTF8.self) }
            ?? ""
        // The program's name, in brackets, may have anything in it.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The reason and the frames, without the addresses.
    private static func summary(_ errors: String) -> String {
        let lines = errors.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let reason =
            lines.first { $0.contains("Fatal error") || $0.contains("crashed") || $0.contains("Stack overflow") }
            ?? lines.first ?? ""
        let frames = lines.filter {
            $0.contains(" in ") && $0.contains(" at ") && $0.contains(".swift") && !$0.contains("Tests/Fuzzing")
        }.map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
        return ([reason] + frames.prefix(6)).joined(separator: "\n    ")
    }
}
