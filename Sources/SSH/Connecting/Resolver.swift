import Glibc
import Support

/// Names to addresses. A numeric address is taken as it is; a name is looked up on a thread of its own, off the
/// concurrency pool.
enum Resolver {
    static func addresses(of host: String, port: Int) -> Answer<[SocketAddress]> {
        if case .success(let numeric) = lookUp(host, port, flags: AI_NUMERICHOST) {
            let answer = Answer<[SocketAddress]>()
            answer.resolve(.success(numeric))
            return answer
        }
        return BlockingWork.shared.start { lookUp(host, port, flags: AI_ADDRCONFIG) }
    }

    private static func lookUp(_ host: String, _ port: Int, flags: Int32) -> Result<[SocketAddress], any Error> {
        var hints = addrinfo()
        hints.ai_flags = flags | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(SSHError.nameNotResolved(host, String(cString: gai_strerror(code)))) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr { addresses.append(SocketAddress(address, length: entry.ai_addrlen)) }
            next = entry.ai_next
        }
        return .success(SocketAddress.interleaved(addresses))
    }
}
