import Glibc

/// Where a socket connects to.
struct SocketAddress: Sendable, Hashable {
    private let bytes: [UInt8]
    let family: Int32

    init(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
        family = Int32(address.pointee.sa_family)
    }

    /// A Unix socket; nil when the path is too long for one.
    init?(unixPath path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let text = Array(path.utf8)
        guard text.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text) }
        bytes = withUnsafeBytes(of: address) { Array($0) }
        family = AF_UNIX
    }

    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        bytes.withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) }
    }

    /// `192.0.2.7`, `2001:db8::7`
    var numericHost: String {
        withSockaddr { address, length in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
                guard
                    getnameinfo(address, length, buffer.baseAddress, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
                        == 0, let text = buffer.baseAddress
                else { return "?" }
                return String(cString: text)
            }
        }
    }

    /// An address of this machine's loopback: all of 127.0.0.0/8, and ::1.
    var isLoopback: Bool {
        if family == AF_INET { return bytes.count >= 8 && bytes[4] == 127 }
        if family == AF_INET6 { return bytes.count >= 24 && bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1 }
        return false
    }

    /// The same address with port 0, to compare hosts.
    var withoutPort: SocketAddress {
        var bytes = bytes
        if family != AF_UNIX, bytes.count >= 4 { (bytes[2], bytes[3]) = (0, 0) }
        return SocketAddress(bytes: bytes, family: family)
    }

    private init(bytes: [UInt8], family: Int32) {
        self.bytes = bytes
        self.family = family
    }

    /// Address families in turn, the first one's family first, order within a family kept (RFC 8305, section 4).
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        let preferred = addresses.filter { $0.family == first.family }
        let others = addresses.filter { $0.family != first.family }
        var mixed: [SocketAddress] = []
        for index in 0..<max(preferred.count, others.count) {
            if index < preferred.count { mixed.append(preferred[index]) }
            if index < others.count { mixed.append(others[index]) }
        }
        return mixed
    }
}
