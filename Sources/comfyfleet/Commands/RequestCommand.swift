import ArgumentParser
import Foundation
import Redaction
import YAML

/// A command line that comes on standard input, for programs: arguments and passwords that `ps` does not show and no
/// file holds.
///
///     {"arguments": ["run", "install.yml", "--ask-pass"], "variables": {"release": "1.4"}, "secrets": {"password":
///     "…"}}
///
/// `variables` go before those of `-e`, and differ from them in what they may be: data only, since they are a client's
/// words and not those of who may use this machine.
/// They are kept for `comfyfleet resume`.
///
/// The run is the same as one that was typed: it can be resumed, and asks for its passwords again then.
struct RequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Does what a JSON object on standard input asks for.", shouldDisplay: false)

    func run() async throws {
        let malformed = Diagnostics([
            Diagnostic(
                "standard input is no request", at: nil,
                remedy: #"give {"arguments": [...], "variables": {...}, "secrets": {...}}"#)
        ])
        let input = FileHandle.standardInput.readDataToEndOfFile()
        guard let request = (try? JSON.parse(Array(input)))?.map, let list = request["arguments"]?.list else {
            throw malformed
        }
        let arguments = list.compactMap(\.string)
        guard arguments.count == list.count, arguments.first != Self.configuration.commandName else { throw malformed }
        for question in SecretInput.Question.allCases {
            if let answer = request["secrets"]?.map?[question.rawValue]?.string {
                SecretInput.answer(question, Secret(answer))
            }
        }
        let variables = request["variables"]?.map ?? [:]
        var command = try ComfyFleet.parseAsRoot(arguments)
        if var resumable = command as? any ResumableCommand {
            try resumable.validate()
            try await resumable.perform(
                RunOrder(arguments: ComfyFleet.namingLast(arguments), variables: variables), resuming: nil)
        } else if !variables.isEmpty {
            // Nothing but a run has variables.
            throw malformed
        } else if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }
}
