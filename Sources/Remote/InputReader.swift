import Glibc

/// Gives a call's stdin in chunks. Reads of local files are short, and done where it is called.
struct InputReader: ~Copyable {
    private enum Source {
        case bytes([UInt8], position: Int)
        /// Open for as long as the reader lives.
        case file(descriptor: Int32, path: String)
    }
    private var source: Source

    init(_ input: Call.Input) throws(InvalidCall) {
        switch input {
        case .bytes(let bytes): source = .bytes(bytes, position: 0)
        case .file(let file):
            let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0, lseek(descriptor, off_t(file.offset), SEEK_SET) >= 0 else {
                let reason = String(cString: strerror(errno))
                if descriptor >= 0 { close(descriptor) }
                throw InvalidCall("can't read \(file.path): \(reason)")
            }
            source = .file(descriptor: descriptor, path: file.path)
        }
    }

    deinit {
        if case .file(let descriptor, _) = source { close(descriptor) }
    }

    /// The next bytes; nil at the end.
    mutating func next(upTo limit: Int) throws(InvalidCall) -> [UInt8]? {
        switch source {
        case .bytes(let bytes, let position):
            guard position < bytes.count else { return nil }
            let end = min(bytes.count, position + limit)
            source = .bytes(bytes, position: end)
            return Array(bytes[position..<end])
        case .file(let descriptor, let path):
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                var got = read(descriptor, buffer.baseAddress, limit)
                while got < 0, errno == EINTR { got = read(descriptor, buffer.baseAddress, limit) }
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            guard failure == 0 else { throw InvalidCall("can't read \(path): \(String(cString: strerror(failure)))") }
            return chunk.isEmpty ? nil : chunk
        }
    }
}
