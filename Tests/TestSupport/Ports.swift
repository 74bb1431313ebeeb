import Glibc

/// A TCP port of the loopback interface that nobody listens on right now.
package func freePort() throws -> Int {
    let socket = try LoopbackListener(port: 0, backlog: 1)
    defer { socket.close() }
    return socket.port
}

/// A listening socket on 127.0.0.1 for hosts that misbehave: accept with `accept()`, or let connections wait in the
/// backlog.
package struct LoopbackListener: Sendable {
    package let descriptor: Int32
    package let port: Int

    /// - Parameter anyAddress: listens on all of 127.0.0.0/8 (and, as sockets go, on every other address of the
    ///   machine).
    package init(port wanted: Int = 0, anyAddress: Bool = false, backlog: Int32 = 64) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard descriptor >= 0,
            withAddress(anyAddress ? INADDR_ANY : INADDR_LOOPBACK, port: wanted, { bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, backlog) == 0
        else {
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
    package func accept() -> Int32 {
        let accepted = Glibc.accept(descriptor, nil, nil)
        if accepted >= 0 { _ = fcntl(accepted, F_SETFD, FD_CLOEXEC) }
        return accepted
    }
    package func close() { Glibc.close(descriptor) }
}

/// The loopback address at which a connection came in; nil for any other.
func localAddress(of descriptor: Int32) -> String? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    let number = UInt32(bigEndian: address.sin_addr.s_addr)
    guard status == 0, number >> 24 == 127 else { return nil }
    return [number >> 24, number >> 16, number >> 8, number].map { String($0 & 255) }.joined(separator: ".")
}

/// A connection to `127.x.y.z`; nil when nobody answers.
package func connectLoopback(_ address: String, port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    guard withAddress(UInt32(bigEndian: inet_addr(address)), port: port, { connect(descriptor, $0, $1) }) == 0 else {
        close(descriptor)
        return nil
    }
    return descriptor
}

/// Closes a socket: in order, or so that the other end gets RST.
func endSocket(_ descriptor: Int32, byReset: Bool) {
    if byReset {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
    close(descriptor)
}

private func withAddress<Result>(
    _ host: UInt32, port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = host.bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
