import Remote
import Synchronization
import TestSupport

/// A host and the network before it, in memory: every write and every arrival may get through in part, or find the link
/// broken or silent.
final class SimulatedHost: TransportSource {
    struct Faults: Sendable {
        /// Percent of writes, arrivals and connections that meet the link's end.
        var percent: Int
    }
    struct State: Sendable {
        var random: SeededGenerator
        var keepers: SimulatedShell.Keepers = [:]
        var channels: [Int: Channel] = [:]
        /// Who waits for output, by channel.
        var readers: [Int: CheckedContinuation<OutputChunk?, any Error>] = [:]
        var breaks = 0
        /// What went over the channels, a line each, where somebody wants to see it.
        var trace: [String]?
    }
    struct Channel: Sendable {
        var shell = SimulatedShell()
        /// Ended by either side, or broken.
        var isOpen = true
        /// It broke, and nobody was told.
        var isSilent = false
    }
    let state: Mutex<State>
    let world: SimulatedWorld
    private let faults: Faults
    var isReliable: Bool { faults.percent == 0 }

    init(_ random: SeededGenerator, faults: Faults, isTracing: Bool, in world: SimulatedWorld) {
        state = Mutex(State(random: random, trace: isTracing ? [] : nil))
        self.faults = faults
        self.world = world
    }

    func transport(after lost: Int) async throws -> (transport: any Transport, number: Int) {
        if state.withLock({ $0.random.chance(faults.percent) }) { throw Unreachable(.connect, "nobody answers") }
        return (Link(host: self), lost + 1)
    }

    var hasBeenReached: Bool { state.withLock { !$0.channels.isEmpty } }

    private struct Link: Transport {
        let host: SimulatedHost
        func open(_ command: String) async throws -> any CommandStream {
            host.state.withLock { state in
                let id = state.channels.count
                state.channels[id] = Channel()
                return Stream(host: host, id: id)
            }
        }
        func close() async {}
        var executor: (any TaskExecutor)? { host.world }
    }

    private struct Stream: CommandStream {
        let host: SimulatedHost
        let id: Int
        func write(_ bytes: [UInt8]) async throws { try host.write(bytes, to: id) }
        func read() async throws -> OutputChunk? { try await host.read(id) }
        func finishWriting() async throws { host.happen(id) { $0.shell.end() } }
        func exitStatus() async throws -> Int32? { nil }
        func close() async { host.breakOff(id, with: nil) }
    }

    // MARK: - Writing

    private func write(_ bytes: [UInt8], to id: Int) throws {
        let wasBroken = state.withLock { state in
            guard let channel = state.channels[id], channel.isOpen else { return true }
            if channel.isSilent { return false }
            let breaks = state.random.chance(faults.percent)
            let arrived = breaks ? bytes.prefix(Int.random(in: 0...bytes.count, using: &state.random)) : bytes[...]
            state.trace?.append(
                "\(id) <- \(String(decoding: arrived.suffix(150), as: UTF8.self).debugDescription)\(breaks ? " and breaks" : "")"
            )
            let segmentBytes = Int.random(in: 200...2000, using: &state.random)
            let before = channel.shell.spool
            state.channels[id]?.shell.take(arrived, &state.keepers, newSegmentBytes: segmentBytes)
            // Who comes anew takes the place of an attachment before.
            if before == nil, let spool = state.channels[id]?.shell.spool {
                for other in state.channels.keys where other != id && state.channels[other]?.shell.spool == spool {
                    state.channels[other]?.shell.end()
                }
            }
            guard breaks else { return false }
            state.breaks += 1
            state.channels[id]?.isSilent = true
            return state.random.chance(50)
        }
        if wasBroken {
            breakOff(id, with: Unreachable(.linkLost, "broken while writing"))
            throw Unreachable(.linkLost, "broken while writing")
        }
        goOn()
    }

    // MARK: - Reading

    private func read(_ id: Int) async throws -> OutputChunk? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<OutputChunk?, any Error>) in
                let isOpen = state.withLock { state in
                    guard state.channels[id]?.isOpen == true, !Task.isCancelled else { return false }
                    state.readers[id] = continuation
                    return true
                }
                guard isOpen else {
                    return continuation.resume(
                        throwing: Task.isCancelled ? CancellationError() : Unreachable(.linkLost, "broken"))
                }
                goOn()
                watchSilence(id)
            }
        } onCancel: {
            state.withLock { $0.readers.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    /// A keepalive that nobody answers ends a silent link.
    private func watchSilence(_ id: Int) {
        guard state.withLock({ $0.channels[id]?.isSilent == true }) else { return }
        world.happen { [self] in breakOff(id, with: Unreachable(.linkLost, "nobody answers any more")) }
    }

    private func breakOff(_ id: Int, with error: Unreachable?) {
        state.withLock { state in
            state.channels[id]?.isOpen = false
            return state.readers.removeValue(forKey: id)
        }?.resume(throwing: error ?? Unreachable(.linkLost, "closed"))
    }

    private func happen(_ id: Int, _ change: @escaping @Sendable (inout Channel) -> Void) {
        world.happen { [self] in
            state.withLock { state in
                if state.channels[id]?.isOpen == true {
                    state.channels[id].map {
                        var channel = $0
                        change(&channel)
                        state.channels[id] = channel
                    }
                }
            }
            goOn()
        }
    }

    /// Something may have come for somebody who reads, or a call may get on.
    private func goOn() { world.happen { [self] in deliver() } }

    private func deliver() {
        let deliveries = state.withLock { state in
            var deliveries: [@Sendable () -> Void] = []
            var isRunning = false
            for spool in state.keepers.keys {
                state.keepers[spool]?.step()
                isRunning = isRunning || state.keepers[spool]?.isRunning == true
            }
            for (id, reader) in state.readers.sorted(by: { $0.key < $1.key }) {
                guard let channel = state.channels[id], channel.isOpen else { continue }
                if channel.isSilent {
                    deliveries.append { [self] in watchSilence(id) }
                    continue
                }
                guard !state.random.chance(faults.percent) else {
                    state.breaks += 1
                    state.channels[id]?.isSilent = true
                    deliveries.append { [self] in watchSilence(id) }
                    continue
                }
                let first = Int.random(in: 0...1, using: &state.random)
                if let stream = [first, 1 - first].first(where: { !channel.shell.output($0, state.keepers).isEmpty }) {
                    let bytes = channel.shell.output(stream, state.keepers)
                    let arrived = Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &state.random)))
                    state.trace?.append(
                        "\(id) -> \(stream) \(String(decoding: arrived.suffix(60), as: UTF8.self).debugDescription) \(arrived.count)"
                    )
                    state.channels[id]?.shell.delivered(arrived.count, of: stream)
                    state.readers[id] = nil
                    deliveries.append {
                        reader.resume(returning: OutputChunk(stream == 0 ? .stdout : .stderr, arrived))
                    }
                } else if channel.shell.hasEnded {
                    state.readers[id] = nil
                    deliveries.append { reader.resume(returning: nil) }
                }
            }
            if isRunning { deliveries.append { [self] in goOn() } }
            return deliveries
        }
        for delivery in deliveries { delivery() }
    }
}
