import CEpoll
import Glibc

/// A non-blocking stream socket on a loop: TCP to a host, or the agent's Unix socket.
final class SocketLink: ByteLink, ReadinessSink {
    let descriptor: Int32
    let activity: Activity
    private let loop: EventLoop
    private var registration: UInt64?
    private var output: [UInt8] = []
    /// Of `output`, what has gone out.
    private var outputSent = 0
    private var flushIsDue = false
    private static let sentAtOnce = 16 << 10, keptCapacity = 1 << 10
    /// Read ahead for small reads: the library takes a server's banner byte by byte.
    private var input: ArraySlice<UInt8> = []
    private static let readAhead = 512
    /// Set by the edge, cleared by whoever finds nothing more.
    private var isReadable = false
    /// The peer sends no more, or the socket has an error: no edge comes after what lies there.
    private var isEnding = false
    private var isWritable = false
    private var severed = false
    private var isOpen = true
    private(set) var bytesReceived: UInt64 = 0
    private(set) var hasEnded = false
    /// errno that ended the connection while writing.
    private var failure: Int32 = 0

    /// Begins to connect. Throws when the system refuses right away.
    init(connectingTo address: SocketAddress, on loop: EventLoop, activity: Activity) throws(Errno) {
        let descriptor = socket(
            address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0)
        guard descriptor >= 0 else { throw Errno(code: errno) }
        self.descriptor = descriptor
        self.loop = loop
        self.activity = activity
        if address.family != AF_UNIX {
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        let code = result == 0 ? 0 : errno
        if code == 0 {
            isWritable = true
        } else if code != EINPROGRESS {
            close()
            throw Errno(code: code)
        }
        registration = loop.register(descriptor, sink: self)
        if registration == nil {
            close()
            throw Errno(code: ENOMEM)
        }
    }

    /// Takes over a connected stream socket that does not block.
    init(adopting descriptor: Int32, on loop: EventLoop, activity: Activity) throws(Errno) {
        self.descriptor = descriptor
        self.loop = loop
        self.activity = activity
        isWritable = true
        registration = loop.register(descriptor, sink: self)
        if registration == nil {
            close()
            throw Errno(code: ENOMEM)
        }
    }

    enum ConnectState {
        case pending, connected
        case failed(Errno)
    }

    var connectState: ConnectState {
        guard isWritable || isReadable else { return .pending }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code == 0 ? .connected : .failed(Errno(code: code))
    }

    func readinessChanged(_ events: UInt32) {
        if events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { isEnding = true }
        if events & EPOLLIN.rawValue != 0 || isEnding { isReadable = true }
        if events & (EPOLLOUT.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 {
            isWritable = true
            flush()
        }
        activity.wakeAll()
    }

    var mayHaveMore: Bool { (isReadable || !input.isEmpty) && !severed }
    var bufferedOutput: Int { output.count - outputSent }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if severed { return -Int(ECONNRESET) }
        if input.isEmpty {
            if buffer.count >= Self.readAhead || !isReadable { return receiveFromSocket(into: buffer) }
            var code = 0
            input =
                [UInt8](unsafeUninitializedCapacity: Self.readAhead) { ahead, count in
                    code = receiveFromSocket(into: UnsafeMutableRawBufferPointer(ahead))
                    count = max(0, code)
                }[...]
            if code <= 0 { return code }
        }
        let taken = input.prefix(buffer.count)
        input = input.dropFirst(taken.count)
        buffer.copyBytes(from: taken)
        return taken.count
    }

    private func receiveFromSocket(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard isReadable else { return -Int(EAGAIN) }
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                bytesReceived += UInt64(count)
                // Less than there was room for is all there was (epoll(7)); the next byte is a new edge.
                if count < buffer.count, !isEnding { isReadable = false }
                return count
            }
            if count == 0 {
                hasEnded = true
                return 0
            }
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN { isReadable = false } else { hasEnded = true }
            return -Int(code)
        }
    }

    /// What is small goes out at the end of the loop's turn, with what else the turn brings: the library sends each
    /// message by itself.
    func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        if severed { return -Int(EPIPE) }
        if failure != 0 { return -Int(failure) }
        var rest = bytes
        if output.isEmpty, isWritable, bytes.count >= Self.sentAtOnce {
            let sent = transmit(rest)
            if sent < 0 { return sent }
            rest = UnsafeRawBufferPointer(rebasing: rest[sent...])
        }
        output.append(contentsOf: rest)
        if bufferedOutput >= Self.sentAtOnce {
            flush()
        } else if bufferedOutput > 0, !flushIsDue {
            flushIsDue = true
            loop.atEndOfTurn {
                self.flushIsDue = false
                self.flush()
            }
        }
        return bytes.count
    }

    /// Sends what the kernel takes.
    private func transmit(_ bytes: UnsafeRawBufferPointer) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                sent += count
                continue
            }
            if errno == EINTR { continue }
            if errno == EAGAIN {
                isWritable = false
                break
            }
            failure = errno
            hasEnded = true
            return -Int(failure)
        }
        return sent
    }

    private func flush() {
        guard bufferedOutput > 0, isWritable, !severed, failure == 0 else { return }
        let sent = output.withUnsafeBytes { transmit(UnsafeRawBufferPointer(rebasing: $0[outputSent...])) }
        guard sent > 0 else { return }
        outputSent += sent
        if outputSent == output.count {
            output.removeAll(keepingCapacity: output.capacity <= Self.keptCapacity)
            outputSent = 0
        } else if outputSent > Self.outputLimit {
            output.removeFirst(outputSent)
            outputSent = 0
        }
    }

    func sever() {
        flush()
        severed = true
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        sever()
        if let registration { loop.deregister(descriptor, registration) }
        Glibc.close(descriptor)
    }
}

/// An error number of the system, with its text.
struct Errno: Error, CustomStringConvertible {
    let code: Int32
    var description: String { String(cString: strerror(code)) }
}
