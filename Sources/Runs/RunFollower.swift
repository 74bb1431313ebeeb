import Glibc
import YAML

/// Reads a run's events as they are written.
package struct RunFollower: ~Copyable {
    private let descriptor: Int32
    private let path: String
    /// The beginning of a line whose end has not come yet.
    private var rest: [UInt8] = []

    package init(_ folder: RunFolder) throws(RunFolderError) {
        path = folder.eventsPath
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RunFolderError(path, cannot: "read the file", errno: errno) }
    }

    deinit { close(descriptor) }

    /// The events that have come since the last time.
    package mutating func next() throws(RunFolderError) -> [ValueMap] {
        var events: [ValueMap] = []
        while let lines = try nextLines() { events += lines.compactMap { (try? JSON.parse($0))?.map } }
        return events
    }

    /// The next lines that have their end, read in one piece of `size` bytes; nil when nothing more is there, empty
    /// where a line is longer than that.
    package mutating func nextLines(size: Int = 1 << 16) throws(RunFolderError) -> [[UInt8]]? {
        var buffer = [UInt8](repeating: 0, count: size)
        var count = read(descriptor, &buffer, size)
        while count < 0, errno == EINTR { count = read(descriptor, &buffer, size) }
        guard count >= 0 else { throw RunFolderError(path, cannot: "read the file", errno: errno) }
        if count == 0 { return nil }
        rest += buffer[..<count]
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[...end].split(separator: UInt8(ascii: "\n")).map(Array.init)
        rest.removeSubrange(...end)
        return lines
    }
}
