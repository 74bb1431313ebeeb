import Foundation
import Fuzzing

/// Reads inputs that nobody wrote: `fuzz [TARGET] [SECONDS] [--seed K] [--inputs N]`, `fuzz TARGET --replay FILE`.
///
/// Exit status 0: no reader ended the process, hung or took all memory; 1: some did, and what they read is kept; 64:
/// bad usage.
@main
struct FuzzCommand {
    static let usage =
        "usage: fuzz [TARGET] [SECONDS] [--seed K] [--inputs N] | TARGET --replay FILE | --list\ntargets: \(FuzzTarget.all.map(\.name).joined(separator: " "))"

    static func main() {
        var words: [String] = []
        var seed: UInt64?
        var inputs: UInt64?
        var replayed: String?
        var arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "--worker" { return work(Array(arguments.dropFirst())) }
        while let argument = arguments.popFirst() {
            switch argument {
            case "--seed": seed = arguments.popFirst().flatMap { UInt64($0) }
            case "--inputs": inputs = arguments.popFirst().flatMap { UInt64($0) }
            case "--replay": replayed = arguments.popFirst()
            case "--list":
                for target in FuzzTarget.all { print(target.name) }
                return
            case _ where argument.hasPrefix("-"):
                print(usage)
                exit(argument == "-h" || argument == "--help" ? 0 : 64)
            default: words.append(argument)
            }
        }
        let target = words.first.flatMap(FuzzTarget.named)
        if target != nil { words.removeFirst() }
        guard words.count <= 1, let seconds = words.isEmpty ? 60 : Double(words[0]) else { stop(usage) }
        if let replayed {
            guard let target, let input = FileManager.default.contents(atPath: replayed) else {
                stop("--replay takes a target and a file\n\(usage)")
            }
            FuzzWorker.replay(target, Array(input))
            print("\(target.name): the input was read")
            return
        }
        let first = seed ?? UInt64.random(in: 0..<1_000_000_000)
        var total: UInt64 = 0
        var findings = 0
        for target in target.map({ [$0] }) ?? FuzzTarget.all {
            var run = FuzzRun(
                program: "/proc/self/exe", target: target, seed: first, folder: ".build/fuzz", seconds: seconds)
            run.program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
            if let inputs { run.inputs = inputs }
            do {
                let outcome = try run.run()
                total += outcome.inputs
                findings += outcome.findings.count
                say(
                    "\(target.name): \(outcome.inputs) inputs in \(Int(outcome.seconds)) s, \(outcome.perSecond) a second, seed \(first): \(outcome.findings.isEmpty ? "nothing found" : "\(outcome.findings.count) found")"
                )
                for finding in outcome.findings {
                    say(
                        "  input \(finding.number) \(finding.what)\n  \(shown(finding.input))\n  replay: scripts/fuzz \(target.name) --replay \(finding.path)"
                    )
                }
            } catch { stop("\(target.name): \(error)") }
        }
        if target == nil { say("in all: \(total) inputs, \(findings) found") }
        exit(findings == 0 ? 0 : 1)
    }

    private static func work(_ arguments: [String]) {
        guard arguments.count == 5, let target = FuzzTarget.named(arguments[0]), let seed = UInt64(arguments[1]),
            let first = UInt64(arguments[2]), let count = UInt64(arguments[3]),
            let file = InputFile(arguments[4])
        else { stop(usage) }
        FuzzWorker.run(target, seed: seed, first: first, count: count, file: file)
    }

    /// At once, also into a pipe: a run takes hours.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static func shown(_ input: [UInt8]) -> String {
        let text = String(decoding: input.prefix(600), as: UTF8.self).debugDescription
        return input.count > 600 ? "\(text) … (\(input.count) bytes)" : text
    }

    private static func stop(_ message: String) -> Never {
        FileHandle.standardError.write(Data("fuzz: \(message)\n".utf8))
        exit(64)
    }
}
