import Glibc
import Redaction

/// How a run is shown.
package struct ConsoleOptions: Sendable {
    package enum Format: Sendable {
        /// A live view on a terminal, lines on anything else.
        case automatic
        /// One line per event.
        case lines
        /// One JSON object per line and event.
        case json
    }
    package var format = Format.automatic
    /// How many times `-v` was given: from 1 on, results and output are shown, and every host in the summary.
    package var verbosity = 0
    /// Show what commands print though there is no `-v`: for `exec`, whose output is the point.
    package var showsOutput = false
    /// Show each host's result though there is no `-v`: for `exec --module`.
    package var showsResults = false
    /// Names that events have as they stand in inventories and playbooks go through these before they are shown.
    package var secrets: SecretSet
    /// Shows the run in its own way, whatever the format; it is given what writes to standard output.
    package var reader: (@Sendable (@escaping @Sendable (RedactedText) -> Void) -> any RunReader)?
    var terminal = Terminal.ofStandardOutput

    package init(format: Format = .automatic, verbosity: Int = 0, secrets: SecretSet) {
        self.format = format
        self.verbosity = verbosity
        self.secrets = secrets
    }
}

/// What standard output is.
struct Terminal: Sendable {
    var isTerminal: Bool
    /// A terminal that cannot move its cursor (`TERM=dumb`, or none).
    var isDumb: Bool
    /// Only on a terminal, and not where `NO_COLOR` is set to anything.
    var hasColours: Bool

    static var ofStandardOutput: Terminal {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let kind = variable("TERM")
        let isDumb = kind == nil || kind == "dumb"
        return Terminal(
            isTerminal: isTerminal, isDumb: isDumb, hasColours: isTerminal && !isDumb && variable("NO_COLOR") == nil)
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    struct Size: Hashable, Sendable { var width = 80, height = 24 }

    /// Asked for before every frame, so that no signal has to be caught when a window's size changes.
    static func size(of descriptor: Int32 = STDOUT_FILENO) -> Size {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return Size() }
        return Size(width: Int(size.ws_col), height: Int(size.ws_row))
    }
}
