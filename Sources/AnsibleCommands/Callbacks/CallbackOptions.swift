import Glibc
import Redaction
import Settings

/// How a run is shown in Ansible's ways.
package struct CallbackOptions: Sendable {
    package var configuration: AnsibleConfiguration
    package var verbosity = 0
    package var checkMode = false
    package var secrets: SecretSet
    /// In columns, as Ansible reckons: of the terminal, at least 79.
    var width: Int
    var hasColours: Bool
    /// Errors that have been shown: each is shown once.
    package init(_ configuration: AnsibleConfiguration, verbosity: Int = 0, secrets: SecretSet) {
        self.configuration = configuration
        self.verbosity = verbosity
        self.secrets = secrets
        var size = winsize()
        let isTerminal = isatty(STDOUT_FILENO) == 1
        width = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? max(79, Int(size.ws_col) - 1) : 79
        hasColours = configuration.forcesColour || isTerminal && !configuration.noColour
    }

    func text(_ text: String) -> RedactedText { RedactedText(text, secrets: secrets) }
}

/// Ansible's colours.
enum CallbackColour {
    case ok, changed, skipped, failed, unreachable, included, warning, verbose, debug

    private var code: RedactedText {
        switch self {
        case .ok: "0;32"
        case .changed: "0;33"
        case .skipped, .included: "0;36"
        case .failed: "0;31"
        case .unreachable: "1;31"
        case .warning: "1;35"
        case .verbose: "0;34"
        case .debug: "1;30"
        }
    }

    /// Each line in the colour, as Ansible does.
    func applied(to text: RedactedText, _ options: CallbackOptions) -> RedactedText {
        guard options.hasColours else { return text }
        // What ends with a line end has an empty line of its colour, as in Ansible.
        let lines = text.lines + (text.description.hasSuffix("\n") ? [""] : [])
        return lines.map { "\u{1b}[\(code)m\($0)\u{1b}[0m" as RedactedText }.joined(separator: "\n")
    }
}
