import CLibSSH2
import Testing

@testable import SSH

/// The parts that only decide: pacing, backoff, timers, the table of the library's codes.
@Suite struct DecisionTests {
    @Test func noMoreThanTheLimitsGoAtOnce() {
        var state = HandshakePacingState<String>(limit: 3, limitPerKey: 2)
        for (id, key) in [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "b")] as [(UInt64, String)] {
            state.arrive(id, key)
        }
        #expect(Set(state.admit()) == [1, 4, 2])
        #expect(state.admit().isEmpty)
        state.finish("b", dropped: false)
        #expect(state.admit() == [5])  // a has two already
        state.giveUp(3, "a")
        state.finish("a", dropped: nil)
        state.finish("a", dropped: nil)
        #expect(state.admit().isEmpty)
        state.finish("b", dropped: false)
        #expect(state.inFlight == 0)
    }

    @Test func dropsShrinkTheLimitAndSuccessGrowsIt() {
        var state = HandshakePacingState<Int>(limit: 64, limitPerKey: 8)
        func go(_ count: Int, dropped: Bool?) {
            for number in 0..<count {
                state.arrive(UInt64(number), number)
                _ = state.admit()
                state.finish(number, dropped: dropped)
            }
        }
        go(1, dropped: true)
        #expect(state.limit == 32)
        go(10, dropped: true)
        #expect(state.limit == 8)  // an eighth is the least
        go(8, dropped: nil)
        #expect(state.limit == 8)
        go(8 + 9, dropped: false)
        #expect(state.limit == 10)
        go(10_000, dropped: false)
        #expect(state.limit == 64)
    }

    @Test func waitsGrowAndAreBounded() {
        for attempt in 2...40 {
            let delay = Backoff.delay(beforeAttempt: attempt)
            #expect(delay >= .milliseconds(50) && delay <= .milliseconds(7500))
        }
        #expect(Backoff.delay(beforeAttempt: 2) < .milliseconds(200))
        #expect(Backoff.delay(beforeAttempt: 20) >= .milliseconds(2500))
    }

    @Test func timersComeInOrderAndCancelledOnesNot() {
        var queue = TimerQueue()
        var fired: [Int] = []
        let start = ContinuousClock.now
        var ids: [TimerQueue.ID] = []
        for number in 0..<500 { ids.append(queue.add(start + .milliseconds(1000 - number)) { fired.append(number) }) }
        for number in 0..<500 where number % 5 != 0 { queue.cancel(ids[number]) }
        #expect(queue.due(at: start).isEmpty)
        #expect(queue.millisecondsToNext(from: start) == 505)
        #expect(queue.millisecondsToNext(from: start + .microseconds(100)) == 505)  // rounded up: never early
        for action in queue.due(at: start + .seconds(2)) { action() }
        #expect(fired == (0..<500).reversed().filter { $0 % 5 == 0 })
        #expect(queue.millisecondsToNext(from: start) == -1)
    }

    @Test(arguments: [
        (LIBSSH2_ERROR_BANNER_RECV, SSHError.Code.handshakeFailed), (LIBSSH2_ERROR_KEX_FAILURE, .handshakeFailed),
        (LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE, .handshakeFailed),
        (LIBSSH2_ERROR_ALLOC, .resources), (LIBSSH2_ERROR_SOCKET_SEND, .linkLost),
        (LIBSSH2_ERROR_SOCKET_DISCONNECT, .linkLost), (LIBSSH2_ERROR_SOCKET_RECV, .linkLost),
        (LIBSSH2_ERROR_AUTHENTICATION_FAILED, .authenticationFailed),
        (LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED, .authenticationFailed), (LIBSSH2_ERROR_PASSWORD_EXPIRED, .passwordExpired),
        (LIBSSH2_ERROR_CHANNEL_FAILURE, .channelRefused), (LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED, .channelRefused),
        (LIBSSH2_ERROR_CHANNEL_CLOSED, .channelClosed),
        (LIBSSH2_ERROR_TIMEOUT, .timedOut), (LIBSSH2_ERROR_FILE, .keyFile), (LIBSSH2_ERROR_AGENT_PROTOCOL, .agent),
        (LIBSSH2_ERROR_PROTO, .protocolError), (LIBSSH2_ERROR_BAD_USE, .protocolError), (-51, .keyFile),
    ]) func codesOfTheLibraryHaveAMeaning(_ code: Int32, _ meaning: SSHError.Code) {
        let error = SSHError(libssh2: code, "detail\u{1b}[31m", during: .reading)
        #expect(error.code == meaning)
        #expect(error.libssh2Code == code)
        #expect(error.message.contains("while reading (detail [31m)"))
    }

    /// The header lists -1 to -49; 1.11.1 goes to -54.
    @Test func everyCodeIsInTheTable() {
        #expect(Set(SSHError.libssh2Codes.keys) == Set((1...54).map { -Int32($0) }))
        #expect(Set(SSHError.libssh2Codes.values.map(\.name)).count == 54)
        #expect(SSHError(libssh2: -999, "", during: .reading).code == .protocolError)
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2", true), ("SSH-2.0-OpenSSH_7.2", true), ("SSH-2.0-OpenSSH_7.1p1", false),
        ("SSH-2.0-OpenSSH_10.0", true), ("SSH-2.0-dropbear_2022.83", false), ("SSH-2.0-OpenSSH_", false),
    ])
    func rsaKeysAreOfferedWithSHA2First(_ banner: String, _ isEnough: Bool) {
        func blob(_ type: String, _ rest: [UInt8]) -> [UInt8] {
            var writer = WireWriter()
            writer.text(type)
            return writer.bytes + rest
        }
        func forms(_ type: String, libraryDoesIt: Bool = false) -> [[UInt8]] {
            RSASignatures.forms(of: blob(type, [1, 2, 3]), serverBanner: banner, libraryDoesIt: libraryDoesIt)
        }
        let modern = blob("rsa-sha2-256", [1, 2, 3])
        #expect(forms("ssh-rsa") == (isEnough ? [modern] : [modern, blob("ssh-rsa", [1, 2, 3])]))
        #expect(forms("ssh-rsa", libraryDoesIt: true) == [blob("ssh-rsa", [1, 2, 3])])
        #expect(forms("ssh-ed25519") == [blob("ssh-ed25519", [1, 2, 3])])
    }

    @Test(arguments: [
        (Duration.seconds(10), "10 s"), (.milliseconds(250), "0.25 s"), (.milliseconds(1005), "1.005 s"),
        (.zero, "0 s"),
    ]) func durationsReadWell(_ duration: Duration, _ text: String) {
        #expect(duration.formattedSeconds == text)
    }
}
