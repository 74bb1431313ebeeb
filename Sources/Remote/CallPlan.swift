import Glibc

/// How a call goes over the channel: the command that is sent at once, and its stdin, when the shell asks for it.
struct CallPlan {
    struct Upload: Sendable {
        var input: Call.Input
        /// Sent after the stdin.
        var command: String
    }
    var command: String
    var upload: Upload?

    init(_ call: Call, number: Int, hasGroup: Bool) throws(InvalidCall) {
        let word = try RemoteShell.word(for: call, ownGroup: hasGroup)
        let run = hasGroup ? "_g" : "_c"
        switch call.stdin {
        case .bytes(let bytes) where bytes.isEmpty:
            command = "\(run) \(number) \(word)\n"
        case .bytes(let bytes):
            if let inline = RemoteShell.inlineInput(bytes) {
                command = hasGroup ? "_w \(number) \(inline)\n_g \(number) \(word) f\n" : "_i \(number) \(word) \(inline)\n"
            } else {
                command = "_f \(number)\n"
                upload = Upload(input: call.stdin, command: "\(run) \(number) \(word) f\n")
            }
        case .file where hasGroup:
            command = "_f \(number)\n"
            upload = Upload(input: call.stdin, command: "_g \(number) \(word) f\n")
        case .file:
            command = "_s \(number) \(word)\n"
            upload = Upload(input: call.stdin, command: "")
        }
    }
}

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
