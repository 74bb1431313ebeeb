import CEpoll
import Glibc

/// What is passed on to the sinks, and when.
struct AuditDelivery: Sendable {
    let lines: [AuditLine]
    let turn: DeliveryTurn
}

/// A place in the queue of those who pass entries on to the sinks, in the order of the trail, also across processes.
///
/// It is a lock of the open file on the bytes of one's own lines. It is taken while the trail is locked, so places are
/// in the order of the lines, and is kept after that lock
/// was given back, so that whoever writes entries waits for no sink. The kernel releases it when a process ends,
/// however it ends.
final class DeliveryTurn: Sendable {
    private let descriptor: Int32
    private let start: Int
    private static let interval: useconds_t = 2_000

    init(_ file: Int32, _ lines: Range<Int>) {
        descriptor = fcntl(file, F_DUPFD_CLOEXEC, 0)
        start = lines.lowerBound
        var own = Self.range(F_WRLCK, lines)
        // Not every file system has such locks. Entries are passed on all the same there, in the order in which they
        // come.
        _ = fcntl(descriptor, Int32(F_OFD_SETLK), &own)
    }
    deinit { close(descriptor) }

    /// Waits until all who are before this one are gone.
    ///
    /// - Parameter patience: for each that comes to be the first: a process that was stopped must not stop this one for
    ///   ever.
    /// - Returns: whether it is this one's turn.
    func wait(atMost patience: Duration) -> Bool {
        var first = head()
        var deadline = ContinuousClock.now + patience
        while let waitedFor = first {
            if ContinuousClock.now >= deadline { return false }
            usleep(Self.interval)
            first = head()
            if first != waitedFor { deadline = ContinuousClock.now + patience }
        }
        return true
    }

    /// Where the lines of the first in the queue begin; nil when nobody is before this one.
    private func head() -> Int? {
        var found: Int?
        var end = start
        // The kernel names any of those that hold bytes of a range.
        while end > 0 {
            var other = Self.range(F_RDLCK, 0..<end)
            guard fcntl(descriptor, Int32(F_OFD_GETLK), &other) == 0, other.l_type != Int16(F_UNLCK) else { break }
            end = Int(other.l_start)
            found = end
        }
        return found
    }

    private static func range(_ type: Int32, _ bytes: Range<Int>) -> flock {
        var range = flock()
        (range.l_type, range.l_whence) = (Int16(type), Int16(SEEK_SET))
        (range.l_start, range.l_len) = (off_t(bytes.lowerBound), off_t(bytes.count))
        return range
    }
}
