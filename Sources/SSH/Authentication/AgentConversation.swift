/// Talks to an SSH agent over its Unix socket without ever blocking (protocol: draft-miller-ssh-agent).
///
/// One request at a time: `send`, then `reply` until it is there. Lives on its connection's loop, and wakes the same
/// waiters.
final class AgentConversation {
    private let link: SocketLink
    private var input: [UInt8] = []

    private enum Message {
        static let requestIdentities: UInt8 = 11, identities: UInt8 = 12
        static let signRequest: UInt8 = 13, signResponse: UInt8 = 14
    }

    /// Nil when nothing listens there.
    init?(socket path: String, on loop: EventLoop, activity: Activity) {
        guard let address = SocketAddress(unixPath: path),
            let link = try? SocketLink(connectingTo: address, on: loop, activity: activity)
        else { return nil }
        self.link = link
    }

    func close() { link.close() }

    private func send(_ payload: [UInt8]) {
        var message = WireWriter()
        message.string(payload)
        _ = message.bytes.withUnsafeBytes { link.send($0) }
    }

    func askForIdentities() { send([Message.requestIdentities]) }

    /// - Parameter flags: which digest RSA keys sign with.
    func askForSignature(_ data: UnsafeBufferPointer<UInt8>, by key: [UInt8], flags: Int) {
        var request = WireWriter()
        request.byte(Message.signRequest)
        request.string(key)
        request.string(data)
        request.uint32(flags)
        send(request.bytes)
    }

    static func flags(for algorithm: String) -> Int {
        switch algorithm {
        case "rsa-sha2-256": 2
        case "rsa-sha2-512": 4
        default: 0
        }
    }

    struct Ended: Error {}

    /// The next whole message; nil when it has not come yet.
    private func message() throws(Ended) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { link.receive(into: $0) }
            if count <= 0 { break }
            input += buffer[..<count]
        }
        var reader = WireReader(input)
        // An agent's message is short: 256 KiB is what OpenSSH allows.
        if let length = try? reader.uint32(), length > 256 << 10 { throw Ended() }
        reader = WireReader(input)
        guard let payload = try? reader.string() else {
            if link.hasEnded { throw Ended() }
            return nil
        }
        input = Array(reader.rest)
        return Array(payload)
    }

    /// The agent's public keys; nil when they have not come yet.
    func identities() throws -> [HostKey]? {
        guard let message = try message() else { return nil }
        var reader = WireReader(message)
        guard try reader.byte() == Message.identities else { throw Ended() }
        return try (0..<min(reader.uint32(), 1000)).compactMap { _ in
            let blob = Array(try reader.string())
            _ = try reader.string()  // the comment
            return HostKey(blob: blob)
        }
    }

    /// The signature without the name of its algorithm; nil when it has not come yet. Throws when the agent refuses.
    func signature() throws -> [UInt8]? {
        guard let message = try message() else { return nil }
        var reader = WireReader(message)
        guard try reader.byte() == Message.signResponse else { throw Ended() }
        var signature = WireReader(try reader.string())
        _ = try signature.string()
        return Array(try signature.string())
    }
}
