import CLibSSH2

extension SSHError {
    /// What a libssh2 code means here. `detail` is the library's own text; the table has one line for each code up to
    /// 1.11.1.
    init(libssh2 code: Int32, _ detail: String, during step: ConnectionStep) {
        let entry = Self.libssh2Codes[code]
        var meaning = entry?.code ?? .protocolError
        // Before the connection stands, a lost link is a failed handshake.
        if meaning == .linkLost, step == .handshake { meaning = .handshakeFailed }
        let what = entry?.what ?? "libssh2 reports code \(code)"
        self.init(
            meaning, "\(what) while \(step.rawValue)" + (detail.isEmpty ? "" : " (\(detail.printable))"),
            libssh2Code: code)
    }

    static let libssh2Codes: [Int32: (name: String, code: Code, what: String)] = [
        LIBSSH2_ERROR_SOCKET_NONE: ("SOCKET_NONE", .protocolError, "libssh2 failed without saying why"),
        LIBSSH2_ERROR_BANNER_RECV: ("BANNER_RECV", .handshakeFailed, "the server sent no SSH banner"),
        LIBSSH2_ERROR_BANNER_SEND: ("BANNER_SEND", .handshakeFailed, "the server took no SSH banner"),
        LIBSSH2_ERROR_INVALID_MAC: ("INVALID_MAC", .protocolError, "a packet was damaged on its way"),
        LIBSSH2_ERROR_KEX_FAILURE: (
            "KEX_FAILURE", .handshakeFailed, "client and server have no key exchange in common"
        ),
        LIBSSH2_ERROR_ALLOC: ("ALLOC", .resources, "no memory"),
        LIBSSH2_ERROR_SOCKET_SEND: ("SOCKET_SEND", .linkLost, "the connection broke when sending"),
        LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE: ("KEY_EXCHANGE_FAILURE", .handshakeFailed, "the key exchange failed"),
        LIBSSH2_ERROR_TIMEOUT: ("TIMEOUT", .timedOut, "the server did not answer in time"),
        LIBSSH2_ERROR_HOSTKEY_INIT: ("HOSTKEY_INIT", .handshakeFailed, "the host key can't be read"),
        LIBSSH2_ERROR_HOSTKEY_SIGN: (
            "HOSTKEY_SIGN", .handshakeFailed, "the server could not prove that it has its host key"
        ),
        LIBSSH2_ERROR_DECRYPT: ("DECRYPT", .protocolError, "a packet could not be decrypted"),
        LIBSSH2_ERROR_SOCKET_DISCONNECT: ("SOCKET_DISCONNECT", .linkLost, "the server ended the connection"),
        LIBSSH2_ERROR_PROTO: ("PROTO", .protocolError, "the server broke the protocol"),
        LIBSSH2_ERROR_PASSWORD_EXPIRED: ("PASSWORD_EXPIRED", .passwordExpired, "the password has expired"),
        LIBSSH2_ERROR_FILE: ("FILE", .keyFile, "a file can't be read"),
        LIBSSH2_ERROR_METHOD_NONE: ("METHOD_NONE", .handshakeFailed, "no algorithm is left to offer"),
        LIBSSH2_ERROR_AUTHENTICATION_FAILED: ("AUTHENTICATION_FAILED", .authenticationFailed, "authentication failed"),
        LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED: (
            "PUBLICKEY_UNVERIFIED", .authenticationFailed, "the server refused the key's signature"
        ),
        LIBSSH2_ERROR_CHANNEL_OUTOFORDER: (
            "CHANNEL_OUTOFORDER", .protocolError, "a channel's packets came out of order"
        ),
        LIBSSH2_ERROR_CHANNEL_FAILURE: ("CHANNEL_FAILURE", .channelRefused, "the server refused a channel"),
        LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED: (
            "CHANNEL_REQUEST_DENIED", .channelRefused, "the server refused the request"
        ),
        LIBSSH2_ERROR_CHANNEL_UNKNOWN: (
            "CHANNEL_UNKNOWN", .protocolError, "the server spoke of a channel that does not exist"
        ),
        LIBSSH2_ERROR_CHANNEL_WINDOW_EXCEEDED: (
            "CHANNEL_WINDOW_EXCEEDED", .protocolError, "the server sent more than its window"
        ),
        LIBSSH2_ERROR_CHANNEL_PACKET_EXCEEDED: (
            "CHANNEL_PACKET_EXCEEDED", .protocolError, "the server sent a packet that is too large"
        ),
        LIBSSH2_ERROR_CHANNEL_CLOSED: ("CHANNEL_CLOSED", .channelClosed, "the channel is closed"),
        LIBSSH2_ERROR_CHANNEL_EOF_SENT: ("CHANNEL_EOF_SENT", .channelClosed, "the channel's input is closed"),
        LIBSSH2_ERROR_SCP_PROTOCOL: ("SCP_PROTOCOL", .protocolError, "SCP failed"),
        LIBSSH2_ERROR_ZLIB: ("ZLIB", .protocolError, "compressed data is damaged"),
        LIBSSH2_ERROR_SOCKET_TIMEOUT: ("SOCKET_TIMEOUT", .timedOut, "the socket timed out"),
        LIBSSH2_ERROR_SFTP_PROTOCOL: ("SFTP_PROTOCOL", .protocolError, "SFTP failed"),
        LIBSSH2_ERROR_REQUEST_DENIED: ("REQUEST_DENIED", .channelRefused, "the server denied the request"),
        LIBSSH2_ERROR_METHOD_NOT_SUPPORTED: (
            "METHOD_NOT_SUPPORTED", .handshakeFailed, "this libssh2 has none of the algorithms asked for"
        ),
        LIBSSH2_ERROR_INVAL: ("INVAL", .protocolError, "libssh2 was called wrongly"),
        LIBSSH2_ERROR_INVALID_POLL_TYPE: (
            "INVALID_POLL_TYPE", .protocolError, "libssh2 was asked to poll something unknown"
        ),
        LIBSSH2_ERROR_PUBLICKEY_PROTOCOL: ("PUBLICKEY_PROTOCOL", .protocolError, "the publickey subsystem failed"),
        LIBSSH2_ERROR_EAGAIN: ("EAGAIN", .protocolError, "libssh2 would have to wait"),
        LIBSSH2_ERROR_BUFFER_TOO_SMALL: ("BUFFER_TOO_SMALL", .protocolError, "a buffer is too small"),
        LIBSSH2_ERROR_BAD_USE: ("BAD_USE", .protocolError, "libssh2 was called out of order"),
        LIBSSH2_ERROR_COMPRESS: ("COMPRESS", .protocolError, "compressing failed"),
        LIBSSH2_ERROR_OUT_OF_BOUNDARY: ("OUT_OF_BOUNDARY", .protocolError, "a packet is longer than it may be"),
        LIBSSH2_ERROR_AGENT_PROTOCOL: ("AGENT_PROTOCOL", .agent, "the SSH agent failed"),
        LIBSSH2_ERROR_SOCKET_RECV: ("SOCKET_RECV", .linkLost, "the connection broke when receiving"),
        LIBSSH2_ERROR_ENCRYPT: ("ENCRYPT", .protocolError, "a packet could not be encrypted"),
        LIBSSH2_ERROR_BAD_SOCKET: ("BAD_SOCKET", .linkLost, "the socket is not usable"),
        LIBSSH2_ERROR_KNOWN_HOSTS: ("KNOWN_HOSTS", .protocolError, "libssh2's known hosts failed"),
        LIBSSH2_ERROR_CHANNEL_WINDOW_FULL: ("CHANNEL_WINDOW_FULL", .protocolError, "a channel's window is full"),
        LIBSSH2_ERROR_KEYFILE_AUTH_FAILED: ("KEYFILE_AUTH_FAILED", .keyFile, "the passphrase does not open the key"),
        LIBSSH2_ERROR_RANDGEN: ("RANDGEN", .resources, "no random numbers"),
        // Newer than the headers of 1.10, so by number.
        -50: ("MISSING_USERAUTH_BANNER", .authenticationFailed, "the server sent no login banner"),
        -51: ("ALGO_UNSUPPORTED", .keyFile, "this libssh2 does not know the key's algorithm"),
        -52: ("MAC_FAILURE", .protocolError, "computing a packet's checksum failed"),
        -53: ("HASH_INIT", .protocolError, "starting a digest failed"),
        -54: ("HASH_CALC", .protocolError, "computing a digest failed"),
    ]
}

extension String {
    /// What a server says, made harmless for a terminal and short: control characters become spaces.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.prefix(200).map {
                    $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? " " : $0
                }))
    }
}
