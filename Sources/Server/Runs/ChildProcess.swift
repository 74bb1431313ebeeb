import Dispatch
import Glibc
import NIOCore
import NIOPosix
import Redaction
import Support
import Synchronization

/// A process in a session of its own, which a signal to the server's terminal or the server's own end does not reach.
///
/// What it prints is taken in on NIO's event loops, so no thread waits for it. It is reaped when it has ended, whether
/// anybody waits for that or not.
final class ChildProcess: Sendable {
    struct Failure: Error { let problem: RedactedText }

    let id: pid_t
    private let state = Mutex(State())
    private static let loops = MultiThreadedEventLoopGroup.singleton

    private struct State {
        var output: [UInt8] = [], errors: [UInt8] = []
        var outputLimit: Int
        var outputHasEnded = false, errorsHaveEnded = false
        var isTruncated = false
        var status: Int32?
        var waiting: [Int: (isReady: @Sendable (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = [:]
        var nextWaiter = 0
        var outputIsClosed = false, isBeingReaped = false
        init(outputLimit: Int = 0) { self.outputLimit = outputLimit }
    }

    /// The last so many bytes of standard error are kept.
    private static let errorLimit = 64 << 10

    /// - Parameters:
    ///   - input: all of its standard input, by a pipe: it may hold secrets, which must be in no file.
    ///   - outputLimit: so many bytes of standard output are kept; the rest is read and dropped.
    init(_ program: String, _ arguments: [String], input: Secret<[UInt8]>, outputLimit: Int) throws(Failure) {
        let started: SpawnedProcess
        do throws(SpawnedProcess.Failure) {
            started = try SpawnedProcess(program, arguments, environment: nil, in: .session)
        } catch { throw Self.failure(error.code) }
        id = started.id
        state.withLock { $0.outputLimit = outputLimit }
        write(input, to: started.stdin)
        read(from: started.stdout, isOutput: true)
        read(from: started.stderr, isOutput: false)
    }

    private static func failure(_ code: Int32) -> Failure {
        Failure(problem: "no process can be started: \(RedactedText(errno: code))")
    }

    /// The first line of standard output, without its end; nil when there was none.
    func firstLine() async -> [UInt8]? {
        await wait { $0.outputHasEnded || $0.output.contains(UInt8(ascii: "\n")) }
        return state.withLock { state in
            state.output.firstIndex(of: UInt8(ascii: "\n")).map { Array(state.output[..<$0]) }
        }
    }

    /// Reads no more of standard output than what comes next; then the process gets an error when it writes.
    func closeOutput() {
        state.withLock { state in
            state.outputIsClosed = true
            state.output = []
        }
    }

    struct Ending: Sendable {
        /// 128+n for signal n.
        var status: Int32
        var output: [UInt8]
        /// The end of standard error.
        var errors: [UInt8]
        /// Whether there was more output than was to be kept.
        var isTruncated: Bool
    }

    /// Returns early, with nil, when the task is cancelled; the process goes on.
    func end() async -> Ending? {
        await wait { $0.status != nil }
        return state.withLock { state in
            state.status.map {
                Ending(status: $0, output: state.output, errors: state.errors, isTruncated: state.isTruncated)
            }
        }
    }

    func signal(_ number: Int32) {
        // Not after it was reaped: the number may be another process's by then.
        state.withLock { state in if state.status == nil { _ = kill(id, number) } }
    }

    private func wait(for isReady: @escaping @Sendable (State) -> Bool) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let isOver = state.withLock { state in
                    if isReady(state) || Task.isCancelled { return true }
                    state.waiting[number] = (isReady, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.continuation.resume()
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            let ready = state.waiting.filter { $0.value.isReady(state) }
            for number in ready.keys { state.waiting[number] = nil }
            return ready.values.map(\.continuation)
        }
        for continuation in ready { continuation.resume() }
    }

    private func write(_ input: Secret<[UInt8]>, to descriptor: Int32) {
        let text = input.withBytes { ByteBuffer(bytes: $0) }
        // A process that ends without having read it all is reported by its status.
        NIOPipeBootstrap(group: Self.loops).takingOwnershipOfDescriptor(output: descriptor).whenSuccess { channel in
            channel.writeAndFlush(text).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private func read(from descriptor: Int32, isOutput: Bool) {
        NIOPipeBootstrap(group: Self.loops)
            .channelInitializer { channel in
                channel.pipeline.addHandler(
                    StreamReader(receive: { self.receive($0, isOutput) }, end: { self.end(isOutput) }))
            }
            .takingOwnershipOfDescriptor(input: descriptor)
            .whenFailure { _ in self.end(isOutput) }
    }

    /// - Returns: whether more is wanted.
    private func receive(_ bytes: ByteBufferView, _ isOutput: Bool) -> Bool {
        if isOutput, state.withLock({ $0.outputIsClosed }) { return false }
        change { state in
            if isOutput {
                let room = max(0, state.outputLimit - state.output.count)
                state.output += bytes.prefix(room)
                if bytes.count > room { state.isTruncated = true }
            } else {
                state.errors += bytes
                if state.errors.count > Self.errorLimit {
                    state.errors.removeFirst(state.errors.count - Self.errorLimit)
                }
            }
        }
        return true
    }

    private func end(_ isOutput: Bool) {
        change { state in if isOutput { state.outputHasEnded = true } else { state.errorsHaveEnded = true } }
        let isLast = state.withLock { state in
            guard state.outputHasEnded, state.errorsHaveEnded, !state.isBeingReaped else { return false }
            state.isBeingReaped = true
            return true
        }
        if isLast { DispatchQueue.global().async { self.reap() } }
    }

    /// Both streams have ended, so the process has, or is about to.
    private func reap() {
        // It keeps its number until it is known to have ended, so that `signal` never meets another process.
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        change { state in
            var status: Int32 = 0
            waitpid(id, &status, 0)
            let signal = status & 0x7f
            state.status = signal == 0 ? status >> 8 & 0xff : 128 + signal
        }
    }
}

/// Gives what a pipe has, and tells of its end.
private final class StreamReader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let receive: @Sendable (ByteBufferView) -> Bool
    private let end: @Sendable () -> Void

    init(receive: @escaping @Sendable (ByteBufferView) -> Bool, end: @escaping @Sendable () -> Void) {
        self.receive = receive
        self.end = end
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !receive(unwrapInboundIn(data).readableBytesView) { context.close(promise: nil) }
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    func channelInactive(context: ChannelHandlerContext) { end() }
}
