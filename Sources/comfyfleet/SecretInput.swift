import Foundation
import Redaction
import Synchronization
import YAML

/// A secret from standard input, or asked for on the terminal: never an argument, which other users could read in the
/// list of processes.
enum SecretInput {
    /// On a terminal it is asked for twice, since what was typed cannot be seen.
    static func read(_ question: RedactedText) throws -> Secret<String> {
        if isatty(STDIN_FILENO) == 0 {
            let bytes = FileHandle.standardInput.readDataToEndOfFile()
            guard var text = String(data: bytes, encoding: .utf8) else {
                throw Diagnostics([
                    Diagnostic("standard input is not UTF-8 text", at: nil, remedy: "store binary data as base64")
                ])
            }
            // `echo` and editors end the last line; the end is no part of a value.
            if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
            return Secret(text)
        }
        let answer = try ask(question)
        if try ask("once more").reveal() != answer.reveal() {
            throw Diagnostics([Diagnostic("the two answers differ; nothing was changed", at: nil)])
        }
        return answer
    }

    /// What to ask for, by the names that `comfyfleet request` gives the answers.
    enum Question: String, CaseIterable {
        case password, becomePassword = "become_password", passphrase
        var text: RedactedText {
            switch self {
            case .password: "password"
            case .becomePassword: "password for becoming another user"
            case .passphrase: "passphrase of the private key"
            }
        }
    }
    /// Given beforehand, by a program that has no terminal.
    private static let answers = Mutex<[Question: Secret<String>]>([:])
    static func answer(_ question: Question, _ answer: Secret<String>) { answers.withLock { $0[question] = answer } }

    static func ask(_ question: Question) throws -> Secret<String> {
        try answers.withLock { $0[question] } ?? ask(question.text)
    }

    /// One line: from the terminal, or where there is none, from standard input, as scripts give it.
    static func line(_ question: RedactedText) throws -> Secret<String> {
        do throws(TerminalPrompt.Cancelled) {
            if let answer = try TerminalPrompt.secret(question) { return answer }
        } catch { throw CommandExit(code: 130) }
        guard let line = readLine() else {
            throw Diagnostics([
                Diagnostic(
                    "there is no terminal to ask on (\(question)), and standard input has no line", at: nil,
                    remedy: "name a file or a program: --vault-id NAME@FILE")
            ])
        }
        return Secret(line)
    }

    /// From the terminal, whatever standard input is.
    private static func ask(_ question: RedactedText) throws -> Secret<String> {
        do {
            guard let answer = try TerminalPrompt.secret(question) else {
                throw Diagnostics([
                    Diagnostic(
                        "there is no terminal to ask for the \(question) on", at: nil,
                        remedy: "run it from a terminal, or keep it in the vault")
                ])
            }
            return answer
        } catch is TerminalPrompt.Cancelled {
            throw CommandExit(code: 130)
        }
    }
}
