import Glibc
import Redaction
import YAML

/// The server's way to have anything done: this program's own commands, each in a process of its own.
///
/// A run in its own process outlives the server (also one that is killed), can be resumed like any other, reads its own
/// secrets and forgets them at its end,
/// and cannot take the server down. What a command prints has been redacted by it. Its command line goes by standard
/// input (`comfyfleet request`), since `ps` shows arguments.
struct Commands: Sendable {
    /// What is started; the same file also after an update has put another in its place.
    var program = "/proc/self/exe"
    let secrets: SecretSet
    /// Of standard output: a resolve report of 10,000 hosts has some 15 MB.
    private static let outputLimit = 64 << 20

    /// What goes beside the command line: passwords that a command would ask for, and a client's variables, which are
    /// data.
    struct Input: Sendable {
        var variables: ValueMap = [:]
        var password: Secret<String>?
        var becomePassword: Secret<String>?
        var passphrase: Secret<String>?

        /// For commands that are no runs.
        var withoutVariables: Input {
            var input = self
            input.variables = [:]
            return input
        }
    }

    /// Runs a command that only looks to its end.
    ///
    /// - Returns: what it printed.
    /// - Throws: `APIError` with the command's own words when it ended with another status than `statuses`.
    func output(
        _ arguments: [String], statuses: Set<Int32> = [0], mayBeEmpty: Bool = false, input: Input = Input(),
        within limit: Duration
    ) async throws -> RedactedText {
        let child = try start(arguments, input, outputLimit: Self.outputLimit)
        defer { child.signal(SIGKILL) }
        let ending = try await withThrowingTaskGroup(of: ChildProcess.Ending?.self) { group in
            group.addTask { await child.end() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        try Task.checkCancellation()
        guard let ending else { throw APIError(.gatewayTimeout, ["this took too long, and was stopped"]) }
        // A command that refuses prints nothing, whatever else its status may mean.
        guard statuses.contains(ending.status), mayBeEmpty || !ending.output.isEmpty, !ending.isTruncated else {
            throw refusal(ending, of: arguments, input)
        }
        return RedactedText(ending.output, secrets: secrets)
    }

    /// - Parameter outputLimit: in bytes.
    func start(_ arguments: [String], _ input: Input, outputLimit: Int) throws -> ChildProcess {
        var request: ValueMap = ["arguments": .list(arguments.map { .string($0) })]
        var secrets: ValueMap = [:]
        for (name, secret) in [
            ("password", input.password), ("become_password", input.becomePassword), ("passphrase", input.passphrase),
        ] {
            if let secret { secrets[name] = .string(secret.reveal()) }
        }
        request["secrets"] = .dict(secrets)
        if !input.variables.isEmpty { request["variables"] = .dict(input.variables) }
        do {
            return try ChildProcess(
                program, ["comfyfleet", "request"], input: Secret(Array(JSON.text(.dict(request), spaced: false).utf8)),
                outputLimit: outputLimit)
        } catch { throw APIError(.serviceUnavailable, [error.problem]) }
    }

    /// What a client chose: the values of `--option=value`, whole and in the pieces that patterns have, and those of
    /// variables.
    private static func choices(_ arguments: [String], _ input: Input) -> SecretSet {
        let choices = SecretSet()
        for text in Value.dict(input.variables).texts where text.utf8.count > 3 {
            choices.insert(Secret(text), label: "extra_vars")
        }
        for argument in arguments where argument.hasPrefix("--") {
            guard let sign = argument.firstIndex(of: "=") else { continue }
            let value = argument[argument.index(after: sign)...]
            let option = argument[..<sign].dropFirst(2)
            for piece in [value] + value.split(whereSeparator: { ",:&![]".contains($0) }) {
                choices.insert(Secret(String(piece)), label: String(option))
            }
        }
        return choices
    }

    /// The command's own words for why it did not do it: bad configuration, as a rule. What a client chose is not
    /// repeated: it may be a secret in the wrong place.
    func refusal(_ ending: ChildProcess.Ending, of arguments: [String], _ input: Input) -> APIError {
        let words = RedactedText(ending.errors, secrets: secrets)
        let lines = RedactedText(words.description, secrets: Self.choices(arguments, input)).lines.map { line in
            line.description.hasPrefix("error: ")
                ? line[line.description.index(line.description.startIndex, offsetBy: 7)...] : line
        }
        if ending.isTruncated { return APIError(.contentTooLarge, ["the answer is too large; ask for fewer hosts"]) }
        if ending.status == 1 { return APIError(.unprocessableContent, lines.isEmpty ? ["the command failed"] : lines) }
        return APIError(.internalServerError, ["the command ended with \(ending.status)"] + lines)
    }
}

extension Value {
    /// Texts and numbers at any depth, without names.
    fileprivate var texts: [String] {
        if let text = string { return [text] }
        if let items = list { return items.flatMap(\.texts) }
        if let map { return map.pairs.values.flatMap(\.texts) }
        return isNull || bool != nil ? [] : [JSON.text(self)]
    }
}
