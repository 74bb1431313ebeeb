import Glibc
import Synchronization

/// The process's standard output and standard error: the only place that writes to them, and it takes redacted text
/// only.
///
/// A reader that has gone away (`| head`) or a disk that is full neither ends the process nor fails the work: the first
/// failure is kept,
/// for the exit code, and nothing more is written to that stream.
package enum Output {
    package enum Stream: Sendable { case stdout, stderr }

    /// Blocks while the reader is slow: what prints a lot does it on a thread of its own.
    package static func print(_ text: RedactedText, to stream: Stream = .stdout, terminator: RedactedText = "\n") {
        write(terminator.isEmpty ? text.description : (text + terminator).description, to: stream)
    }

    /// Shows a secret's value on standard output, for `vault get --reveal` alone.
    package static func reveal(_ secret: Secret<String>) { write(secret.reveal() + "\n", to: .stdout) }

    /// Shows what a text of ansible-vault holds, for `ansible-vault view` and `decrypt` alone.
    package static func reveal(_ bytes: Secret<[UInt8]>) {
        if let failure = standardOutput.write(bytes), !failure.readerHasGone {
            _ = standardError.write("standard output: \(failure)\n")
        }
    }

    /// Why nothing more is written to a stream.
    package static func failure(of stream: Stream) -> OutputFailure? { writer(of: stream).failure }

    private static func write(_ text: String, to stream: Stream) {
        let writer = writer(of: stream)
        guard let failure = writer.write(text), stream == .stdout, !failure.readerHasGone else { return }
        _ = standardError.write("standard output: \(failure)\n")
    }

    private static let standardOutput = DescriptorWriter(STDOUT_FILENO), standardError = DescriptorWriter(STDERR_FILENO)
    private static func writer(of stream: Stream) -> DescriptorWriter {
        stream == .stdout ? standardOutput : standardError
    }
}

/// The system's reason why a stream takes no more output.
package struct OutputFailure: Error, Sendable, CustomStringConvertible {
    package let code: Int32
    /// The reader had enough, as `head` does; nothing to complain about.
    package var readerHasGone: Bool { code == EPIPE }
    package var description: String { String(cString: strerror(code)) }
}

/// Writes to a descriptor until it fails once. Texts of several tasks do not mix: each is written whole.
final class DescriptorWriter: Sendable {
    private let descriptor: Int32
    private let state = Mutex<OutputFailure?>(nil)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        _ = Self.brokenPipesAreErrors
    }

    var failure: OutputFailure? { state.withLock { $0 } }

    /// Returns the failure when this is the write that failed.
    func write(_ text: String) -> OutputFailure? {
        var text = text
        return state.withLock { failure in
            guard failure == nil else { return nil }
            failure = text.withUTF8 { writeAll($0) }
            return failure
        }
    }

    func write(_ bytes: Secret<[UInt8]>) -> OutputFailure? {
        state.withLock { failure in
            guard failure == nil else { return nil }
            failure = bytes.withBytes { writeAll($0) }
            return failure
        }
    }

    private func writeAll(_ bytes: UnsafeBufferPointer<UInt8>) -> OutputFailure? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // A descriptor that another process made non-blocking.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            case let code: return OutputFailure(code: code)
            }
        }
        return nil
    }

    /// A handler that does nothing, and not `SIG_IGN`, which would be inherited by the programs that hooks and
    /// transports start.
    private static let brokenPipesAreErrors: Void = { _ = signal(SIGPIPE) { _ in } }()
}
