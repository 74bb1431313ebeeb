import Glibc
import Redaction

/// Asks on the terminal: for a secret without showing it, for other things as they are typed.
enum TerminalPrompt {
    /// The person pressed Ctrl-C, or the terminal went away.
    struct Cancelled: Error {}

    /// nil when there is no terminal to ask on.
    ///
    /// The terminal sends keys one by one and raises no signals meanwhile, so that it is put back in order however the
    /// answer ends: Enter, Ctrl-C, or Ctrl-D.
    static func secret(_ question: RedactedText) throws(Cancelled) -> Secret<String>? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { return nil }
        var asking = before
        asking.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        guard tcsetattr(terminal, TCSAFLUSH, &asking) == 0 else { return nil }
        defer { tcsetattr(terminal, TCSAFLUSH, &before) }
        show("\(question): ", on: terminal)
        defer { show("\n", on: terminal) }

        var answer: [UInt8] = []
        while true {
            var key: UInt8 = 0
            let count = read(terminal, &key, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw Cancelled() }
            switch key {
            case 0x0a, 0x0d: return Secret(String(decoding: answer, as: UTF8.self))
            case 0x03: throw Cancelled()  // Ctrl-C
            case 0x04: if answer.isEmpty { throw Cancelled() }  // Ctrl-D
            case 0x15: answer = []  // Ctrl-U
            case 0x7f, 0x08:
                // A character's last byte is gone when no continuation byte is left at the end.
                while let last = answer.popLast(), last & 0xc0 == 0x80 {}
            default: if key >= 0x20 || key == 0x09 { answer.append(key) }
            }
        }
    }

    /// A line that may be seen; nil when there is no terminal to ask on.
    static func line(_ question: RedactedText) throws(Cancelled) -> String? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        show("\(question): ", on: terminal)
        var answer: [UInt8] = []
        while true {
            var key: UInt8 = 0
            let count = read(terminal, &key, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw Cancelled() }
            if key == 0x0a { return String(decoding: answer, as: UTF8.self) }
            answer.append(key)
        }
    }

    private static func show(_ text: RedactedText, on terminal: Int32) {
        let bytes = Array(text.description.utf8)
        _ = write(terminal, bytes, bytes.count)
    }
}
