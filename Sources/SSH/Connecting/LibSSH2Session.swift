import CLibSSH2
import Glibc

/// One libssh2 session and its channels: the one file that owns the library's pointers.
///
/// Everything here returns at once. A result of `waits` (EAGAIN) means: call the same thing again, with the same
/// arguments, after the
/// link had some activity, until it gives another result; the library keeps one state machine per kind of operation.
/// Used on its
/// connection's loop only; it is not Sendable, and lives in the connection's actor.
final class LibSSH2Session {
    static let waits = LIBSSH2_ERROR_EAGAIN

    struct ChannelID: Hashable { fileprivate let number: UInt32 }
    enum Stream: Int32 {
        case stdout = 0
        case stderr = 1
    }

    private let handle: OpaquePointer
    private let link: any ByteLink
    private var channels: [ChannelID: OpaquePointer] = [:]
    /// Channels released by their owners that still have to say goodbye to the server.
    private var dying: [OpaquePointer] = []
    /// A channel open that was abandoned before the server answered: it must be finished, or the session is unusable.
    private var orphanedOpen: ChannelRequest?
    private var lastChannel: UInt32 = 0
    private var isFreed = false

    /// Bytes that the library may take off the link before it has to come back, so that one reader can't fill the
    /// memory.
    private var intake = LibSSH2Session.largestIntake
    /// For every call, even one that only sends: the library reads as long as there is something, and a peer that
    /// floods must not keep the loop.
    private static let largestIntake = 256 << 10
    /// Bytes came in during the last call: they may be what somebody else waits for.
    private(set) var tookBytes = false
    /// The intake ran out: more may be waiting.
    private(set) var intakeIsSpent = false
    /// What the server gave as the reason when it disconnected.
    private(set) var disconnectReason: String?
    /// What authentication under way signs with, and answers with.
    private var signer: ((_ data: UnsafeBufferPointer<UInt8>) -> SignResult)?
    private var answers: ((_ prompts: [String]) -> [String])?

    enum SignResult {
        case signature([UInt8])
        case wait, refused
    }

    /// libssh2_init is not thread-safe; a static is initialized once.
    private static let library: Int32 = libssh2_init(0)
    /// `1.10.0`: of the library that is loaded, not of the headers.
    static let version: String = libssh2_version(0).map { String(cString: $0) } ?? "?"
    /// From 1.11 on it forwards agents, and signs with RSA keys and SHA-2 by itself.
    static let isAtLeast1_11: Bool = libssh2_version(0x010b00) != nil

    init(link: any ByteLink) throws(SSHError) {
        guard Self.library == 0, let handle = libssh2_session_init_ex(nil, nil, nil, nil) else {
            throw SSHError(.resources, "libssh2 can't make a session: no memory")
        }
        self.handle = handle
        self.link = link
        libssh2_session_set_blocking(handle, 0)
        // Unretained: the session is freed by this object, so the library calls back only while this object lives.
        libssh2_session_abstract(handle).pointee = Unmanaged.passUnretained(self).toOpaque()
        libssh2_session_callback_set(
            handle, LIBSSH2_CALLBACK_RECV, unsafeBitCast(receiveCallback, to: UnsafeMutableRawPointer.self))
        libssh2_session_callback_set(
            handle, LIBSSH2_CALLBACK_SEND, unsafeBitCast(sendCallback, to: UnsafeMutableRawPointer.self))
        libssh2_session_callback_set(
            handle, LIBSSH2_CALLBACK_DISCONNECT, unsafeBitCast(disconnectCallback, to: UnsafeMutableRawPointer.self))
    }

    deinit { free() }

    /// Frees everything without waiting for the server. Says goodbye if the link still takes it.
    func free() {
        guard !isFreed else { return }
        isFreed = true
        intake = .max  // an intake that was spent would read as "wait"
        libssh2_session_disconnect_ex(handle, SSH_DISCONNECT_BY_APPLICATION, "", "")
        link.sever()
        // On a severed link nothing can wait, yet each call may stop at the next channel: the bound is only against a
        // mistake.
        for _ in 0..<(16 + 4 * (channels.count + dying.count)) where libssh2_session_free(handle) != Self.waits {
            break
        }
        channels = [:]
        dying = []
    }

    // MARK: Handshake

    /// Asks the server for these algorithms of host keys first; those that the library lacks are left out.
    func preferHostKeys(_ algorithms: [String]) {
        libssh2_session_method_pref(handle, LIBSSH2_METHOD_HOSTKEY, algorithms.joined(separator: ","))
    }

    func handshake() -> Int32 { call { libssh2_session_handshake(handle, link.descriptor) } }

    var hostKey: HostKey? {
        var count = 0
        var type: Int32 = 0
        guard let bytes = libssh2_session_hostkey(handle, &count, &type) else { return nil }
        return HostKey(blob: Array(UnsafeRawBufferPointer(start: bytes, count: count)))
    }

    /// `SSH-2.0-OpenSSH_9.2p1 Debian-2`
    var serverBanner: String? { libssh2_session_banner_get(handle).map { String(cString: $0) } }

    var lastErrorText: String {
        var text: UnsafeMutablePointer<CChar>?
        var count: Int32 = 0
        libssh2_session_last_error(handle, &text, &count, 0)
        return text.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: Int(count)), as: UTF8.self) } ?? ""
    }

    // MARK: Authentication

    var isAuthenticated: Bool { libssh2_userauth_authenticated(handle) != 0 }

    /// The methods that may continue (`publickey,password`); nil together with a code.
    func authenticationMethods(_ user: String) -> (code: Int32, methods: String?) {
        var list: UnsafeMutablePointer<CChar>?
        let code = call { () -> Int32 in
            list = libssh2_userauth_list(handle, user, UInt32(user.utf8.count))
            return list == nil ? libssh2_session_last_errno(handle) : 0
        }
        return (code, list.map { String(cString: $0) })
    }

    /// `sign` gets what has to be signed, and may be called again with the same data after it answered `wait`.
    func authenticate(
        _ user: String, publicKey blob: [UInt8], sign: @escaping (UnsafeBufferPointer<UInt8>) -> SignResult
    ) -> Int32 {
        signer = sign
        defer { signer = nil }
        var context: UnsafeMutableRawPointer? = Unmanaged.passUnretained(self).toOpaque()
        return call { libssh2_userauth_publickey(handle, user, blob, blob.count, signCallback, &context) }
    }

    func authenticate(_ user: String, password: String) -> Int32 {
        call {
            libssh2_userauth_password_ex(
                handle, user, UInt32(user.utf8.count), password, UInt32(password.utf8.count), nil)
        }
    }

    /// `answers` gives one answer for each prompt, at once.
    func authenticate(_ user: String, answers: @escaping ([String]) -> [String]) -> Int32 {
        self.answers = answers
        defer { self.answers = nil }
        return call { libssh2_userauth_keyboard_interactive_ex(handle, user, UInt32(user.utf8.count), promptCallback) }
    }

    // MARK: Channels

    enum ChannelRequest: Equatable {
        case session(window: UInt32)
        case directTCP(host: String, port: Int)
    }

    /// One at a time: the library has one state machine for it. Finishes first what was abandoned.
    func openChannel(_ request: ChannelRequest) -> (code: Int32, channel: ChannelID?) {
        guard finishOrphanedOpen() else { return (Self.waits, nil) }
        let (code, pointer) = tryOpen(request)
        guard let pointer else { return (code, nil) }
        lastChannel += 1
        let id = ChannelID(number: lastChannel)
        channels[id] = pointer
        return (0, id)
    }

    /// Nobody waits for this open any more.
    func abandonOpen(_ request: ChannelRequest) {
        if orphanedOpen == nil { orphanedOpen = request }
    }

    private func finishOrphanedOpen() -> Bool {
        guard let request = orphanedOpen else { return true }
        let (code, pointer) = tryOpen(request)
        if code == Self.waits { return false }
        orphanedOpen = nil
        if let pointer { dying.append(pointer) }
        return true
    }

    private func tryOpen(_ request: ChannelRequest) -> (Int32, OpaquePointer?) {
        var pointer: OpaquePointer?
        let code = call { () -> Int32 in
            switch request {
            case .session(let window):
                pointer = libssh2_channel_open_ex(
                    handle, "session", 7, window, UInt32(LIBSSH2_CHANNEL_PACKET_DEFAULT), nil, 0)
            case .directTCP(let host, let port):
                pointer = libssh2_channel_direct_tcpip_ex(handle, host, Int32(port), "127.0.0.1", 0)
            }
            return pointer == nil ? libssh2_session_last_errno(handle) : 0
        }
        return (code, pointer)
    }

    func execute(_ command: String, on channel: ChannelID) -> Int32 {
        guard let pointer = channels[channel] else { return LIBSSH2_ERROR_CHANNEL_CLOSED }
        return call { libssh2_channel_process_startup(pointer, "exec", 4, command, UInt32(command.utf8.count)) }
    }

    /// Bytes read into `buffer`, 0 when there are none and never will be, or a code. Takes at most `intake` bytes off
    /// the link.
    func read(
        _ stream: Stream, of channel: ChannelID, into buffer: UnsafeMutableRawBufferPointer, intake limit: Int
    ) -> Int {
        guard let pointer = channels[channel] else { return Int(LIBSSH2_ERROR_CHANNEL_CLOSED) }
        return call(intake: limit) {
            libssh2_channel_read_ex(
                pointer, stream.rawValue, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, to channel: ChannelID) -> Int {
        guard let pointer = channels[channel] else { return Int(LIBSSH2_ERROR_CHANNEL_CLOSED) }
        return call {
            libssh2_channel_write_ex(pointer, 0, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
    }

    func sendEOF(on channel: ChannelID) -> Int32 {
        guard let pointer = channels[channel] else { return LIBSSH2_ERROR_CHANNEL_CLOSED }
        return call { libssh2_channel_send_eof(pointer) }
    }

    /// The server has ended the output, and all of it was read.
    func isAtEnd(_ channel: ChannelID) -> Bool { channels[channel].map { libssh2_channel_eof($0) != 0 } ?? true }

    /// 0 once the server has closed the channel, so that the exit status has come if there is one.
    func waitForClose(_ channel: ChannelID) -> Int32 {
        guard let pointer = channels[channel] else { return LIBSSH2_ERROR_CHANNEL_CLOSED }
        return call { libssh2_channel_wait_closed(pointer) }
    }

    /// 128 + n for a signal.
    func exitStatus(of channel: ChannelID) -> Int32 {
        guard let pointer = channels[channel] else { return 0 }
        var name: UnsafeMutablePointer<CChar>?
        var count = 0
        if libssh2_channel_get_exit_signal(pointer, &name, &count, nil, nil, nil, nil) == 0, let name {
            defer { libssh2_free(handle, name) }
            return 128
                + signalNumber(String(decoding: UnsafeRawBufferPointer(start: name, count: count), as: UTF8.self))
        }
        return libssh2_channel_get_exit_status(pointer)
    }

    /// Bytes that have come for a channel and were not read yet.
    func queued(_ channel: ChannelID) -> Int {
        var count: UInt = 0
        if let pointer = channels[channel] { libssh2_channel_window_read_ex(pointer, &count, nil) }
        return Int(count)
    }

    /// Lets go of a channel; the goodbye goes on by itself with later activity.
    func close(_ channel: ChannelID) {
        guard let pointer = channels.removeValue(forKey: channel) else { return }
        dying.append(pointer)
        tendToTheAbandoned()
    }

    /// Continues what nobody waits for. Call it when the link had activity.
    func tendToTheAbandoned() {
        guard !isFreed else { return }
        if orphanedOpen != nil { _ = finishOrphanedOpen() }
        guard !dying.isEmpty else { return }
        var moreWaits = false
        dying.removeAll { pointer in
            defer { moreWaits = moreWaits || intakeIsSpent }
            return call { libssh2_channel_free(pointer) } != Self.waits
        }
        intakeIsSpent = moreWaits
    }

    var hasAbandoned: Bool { orphanedOpen != nil || !dying.isEmpty }

    // MARK: Keepalive

    func sendKeepalive() -> Int32 {
        var next: Int32 = 0
        libssh2_keepalive_config(handle, 1, 1)  // always due: when to send is decided by the connection
        return call { libssh2_keepalive_send(handle, &next) }
    }

    // MARK: Callbacks

    private func call<Code>(intake limit: Int = largestIntake, _ body: () -> Code) -> Code {
        tookBytes = false
        intakeIsSpent = false
        intake = limit
        return body()
    }

    fileprivate func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard intake > 0 else {
            intakeIsSpent = true
            return -Int(EAGAIN)
        }
        let count = link.receive(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(intake)))
        if count > 0 {
            tookBytes = true
            intake -= count
        }
        return count
    }

    fileprivate func send(_ bytes: UnsafeRawBufferPointer) -> Int { link.send(bytes) }

    fileprivate func sign(_ data: UnsafeBufferPointer<UInt8>) -> SignResult { signer?(data) ?? .refused }

    fileprivate func answer(_ prompts: [String]) -> [String] { answers?(prompts) ?? [] }

    fileprivate func disconnected(_ text: String) { disconnectReason = text }

    fileprivate static func from(_ abstract: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> LibSSH2Session? {
        abstract?.pointee.map { Unmanaged<LibSSH2Session>.fromOpaque($0).takeUnretainedValue() }
    }
}

private typealias Abstract = UnsafeMutablePointer<UnsafeMutableRawPointer?>?

private let receiveCallback: @convention(c) (Int32, UnsafeMutableRawPointer?, Int, Int32, Abstract) -> Int = {
    _, buffer, count, _, abstract in
    LibSSH2Session.from(abstract)?.receive(into: UnsafeMutableRawBufferPointer(start: buffer, count: count)) ?? -Int(
        ECONNRESET)
}

private let sendCallback: @convention(c) (Int32, UnsafeRawPointer?, Int, Int32, Abstract) -> Int = {
    _, bytes, count, _, abstract in
    LibSSH2Session.from(abstract)?.send(UnsafeRawBufferPointer(start: bytes, count: count)) ?? -Int(EPIPE)
}

private let disconnectCallback:
    @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32, Abstract) -> Void =
        { _, _, text, count, _, _, abstract in
            LibSSH2Session.from(abstract)?.disconnected(
                String(decoding: UnsafeRawBufferPointer(start: text, count: Int(max(0, count))), as: UTF8.self))
        }

private let signCallback:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?,
        UnsafePointer<UInt8>?, Int, Abstract
    ) -> Int32 = { _, signature, count, data, dataCount, context in
        switch LibSSH2Session.from(context)?.sign(UnsafeBufferPointer(start: data, count: dataCount)) {
        case .signature(let bytes)?:
            // The library frees it.
            guard let copy = malloc(bytes.count) else { return -1 }
            copy.copyMemory(from: bytes, byteCount: bytes.count)
            signature?.pointee = copy.assumingMemoryBound(to: UInt8.self)
            count?.pointee = bytes.count
            return 0
        case .wait?: return LIBSSH2_ERROR_EAGAIN
        case .refused?, nil: return -1
        }
    }

private let promptCallback:
    @convention(c) (
        UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32, Int32,
        UnsafePointer<LIBSSH2_USERAUTH_KBDINT_PROMPT>?, UnsafeMutablePointer<LIBSSH2_USERAUTH_KBDINT_RESPONSE>?,
        Abstract
    ) -> Void = { _, _, _, _, count, prompts, responses, abstract in
        guard let session = LibSSH2Session.from(abstract), let prompts, let responses else { return }
        let texts = (0..<Int(count)).map {
            String(
                decoding: UnsafeRawBufferPointer(start: prompts[$0].text, count: Int(prompts[$0].length)), as: UTF8.self
            )
        }
        for (index, answer) in session.answer(texts).prefix(Int(count)).enumerated() {
            responses[index].text = strdup(answer)  // the library frees it
            responses[index].length = UInt32(answer.utf8.count)
        }
    }

/// The signals that the protocol names (RFC 4254, section 6.10), and what OpenSSH adds.
private func signalNumber(_ name: String) -> Int32 {
    let numbers: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ILL": SIGILL, "ABRT": SIGABRT, "FPE": SIGFPE, "KILL": SIGKILL,
        "SEGV": SIGSEGV,
        "PIPE": SIGPIPE, "ALRM": SIGALRM, "TERM": SIGTERM, "USR1": SIGUSR1, "USR2": SIGUSR2,
    ]
    return numbers[name] ?? 127
}
