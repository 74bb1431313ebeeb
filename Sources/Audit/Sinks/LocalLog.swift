import CEpoll
import Glibc

/// Datagrams to a log daemon's socket on this machine.
enum LocalLog {
    /// - Parameter longOnesByFile: what is too long for a datagram is handed over as a sealed file in memory, as
    ///   systemd's journal takes it.
    /// - Returns: why not all were sent; nil when they were.
    static func send(_ messages: [[UInt8]], to path: String, within limit: Duration, longOnesByFile: Bool) -> String? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return "\(path): too long for a socket's path"
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // Some daemons have a stream there: a line each then.
        for kind in [SOCK_DGRAM, SOCK_STREAM] {
            let socket = Glibc.socket(AF_UNIX, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0 else { return said(path) }
            defer { close(socket) }
            let parts = limit.components
            var time = timeval(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
            setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
            let connected = withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if connected != 0 {
                if errno == EPROTOTYPE, kind == SOCK_DGRAM { continue }
                return said(path)
            }
            for message in messages {
                guard send(kind == SOCK_DGRAM ? message : message + [UInt8(ascii: "\n")], socket) else {
                    if errno == EMSGSIZE, longOnesByFile, sendFile(message, socket) { continue }
                    return errno == EMSGSIZE
                        ? "\(path): an entry of \(message.count) bytes is longer than it takes" : said(path)
                }
            }
            return nil
        }
        return said(path)
    }

    private static func send(_ message: [UInt8], _ socket: Int32) -> Bool {
        var sent = 0
        while sent < message.count {
            let count = message.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// One descriptor in a control message (`SCM_RIGHTS`).
    private struct Rights {
        var length = 16 + MemoryLayout<Int32>.size
        var level = SOL_SOCKET
        var type = Int32(0x01)
        var descriptor: Int32
        var padding: Int32 = 0
    }

    private static func sendFile(_ message: [UInt8], _ socket: Int32) -> Bool {
        let file = memfd_create("comfyfleet-audit", UInt32(MFD_CLOEXEC | MFD_ALLOW_SEALING))
        guard file >= 0 else { return false }
        defer { close(file) }
        guard write(file, message, message.count) == message.count,
            fcntl(file, Int32(F_ADD_SEALS), Int32(F_SEAL_ALL)) == 0
        else { return false }
        var rights = Rights(descriptor: file)
        return withUnsafeMutableBytes(of: &rights) { rights in
            var header = msghdr()
            header.msg_control = rights.baseAddress
            header.msg_controllen = rights.count
            return sendmsg(socket, &header, Int32(MSG_NOSIGNAL)) >= 0
        }
    }

    private static func said(_ path: String) -> String { "\(path): \(String(cString: strerror(errno)))" }
}

/// systemd's native protocol: a field on each line.
enum JournalMessage {
    static func datagram(_ line: AuditLine) -> [UInt8] {
        // A line of the trail has no line feed in it.
        Array("MESSAGE=".utf8) + line.bytes
            + Array(
                "\nPRIORITY=5\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=comfyfleet\nCOMFYFLEET_EVENT=\(line.event)\n".utf8)
    }
}

/// RFC 3164, as the C library sends it to `/dev/log`: facility authpriv, severity notice.
enum SyslogMessage {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func datagram(_ line: AuditLine) -> [UInt8] {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        func digits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = parts.tm_mday < 10 ? " \(parts.tm_mday)" : "\(parts.tm_mday)"
        let month = months[Int(max(0, min(11, parts.tm_mon)))]
        return Array(
            "<85>\(month) \(day) \(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec)) comfyfleet[\(getpid())]: "
                .utf8) + line.bytes
    }
}
