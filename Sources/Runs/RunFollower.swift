import Glibc
public import YAML

/// Reads a run's events as they are written.
public struct RunFollower: ~Copyable {
    private let descriptor: Int32
    private let path: String
    /// The beginning of a line whose end has not come yet.
    private var rest: [UInt8] = []

    public init(_ folder: RunFolder) throws(RunFolderError) {
        path = folder.eventsPath
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RunFolderError(path, cannot: "read the file", errno: errno) }
    }

    deinit { close(descriptor) }

    /// The events that have come since the last time.
    public mutating func next() throws(RunFolderError) -> [ValueMap] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw RunFolderError(path, cannot: "read the file", errno: errno)
            }
            if count == 0 { break }
            rest += buffer[..<count]
        }
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[...end].split(separator: UInt8(ascii: "\n")).compactMap { (try? JSON.parse(Array($0)))?.map }
        rest.removeSubrange(...end)
        return lines
    }
}
