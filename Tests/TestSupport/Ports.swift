import Glibc

/// A TCP port of the loopback interface that nobody listens on right now.
public func freePort() throws -> Int {
    let socket = try LoopbackListener(port: 0, backlog: 1)
    defer { socket.close() }
    return socket.port
}

/// Whether something accepts connections on 127.0.0.1.
public func canConnect(port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { Glibc.close(descriptor) }
    return withLoopbackAddress(port: port) { connect(descriptor, $0, $1) } == 0
}

/// A listening socket on 127.0.0.1 for hosts that misbehave: accept with `accept()`, or let connections wait in the backlog.
public struct LoopbackListener: Sendable {
    public let descriptor: Int32
    public let port: Int

    public init(port wanted: Int = 0, backlog: Int32 = 64) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard descriptor >= 0, withLoopbackAddress(port: wanted, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, backlog) == 0 else {
            throw LoopbackFleet.Failure(description: "cannot listen on 127.0.0.1: \(String(cString: strerror(errno)))")
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Waits for a connection; blocks the calling thread, so call it from a thread of the test's own.
    public func accept() -> Int32 { Glibc.accept(descriptor, nil, nil) }
    public func close() { Glibc.close(descriptor) }
}

private func withLoopbackAddress<Result>(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}
