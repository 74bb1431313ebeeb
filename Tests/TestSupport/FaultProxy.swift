import Foundation
import Glibc
import Synchronization

/// A TCP proxy on loopback that breaks connections where it is told to: after a number of bytes, in either direction,
/// in every way a network can.
///
/// It listens on every loopback address and leads to the same address at another port, so that the hosts of a
/// `LoopbackFleet` stay apart.
/// One thread of its own does all the work; it ends with `stop()`.
package final class FaultProxy: Sendable {
    package struct Connection: Sendable, Hashable {
        /// From 1, of the whole proxy.
        package let number: Int
        /// The address that the controller asked for.
        package let address: String
        /// From 1, of this address.
        package let attempt: Int
        package init(number: Int, address: String, attempt: Int) {
            self.number = number
            self.address = address
            self.attempt = attempt
        }
    }
    /// A fault that has come.
    package struct Struck: Sendable {
        package let connection: Connection
        package let fault: Fault
        /// Bytes that had passed each way.
        package let toHost: Int, toController: Int
    }

    package let port: Int
    private let control: ProxyControl

    /// - Parameter faults: what is to happen to a connection; faults of one direction may stand in any order.
    package init(to target: Int, faults: @escaping @Sendable (Connection) -> [Fault] = { _ in [] }) throws {
        let listener = try LoopbackListener(anyAddress: true, backlog: 512)
        port = listener.port
        control = try ProxyControl()
        let loop = ProxyLoop(listener: listener, target: target, control: control, faults: faults)
        let thread = Thread { loop.run() }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Breaks every connection that is up, now.
    package func strikeAll(_ kind: Fault.Kind) { control.change { $0.orders.append(kind) } }

    /// While it is down, connections are refused (by RST after they were accepted); those that are up are not touched.
    package var isDown: Bool {
        get { control.state.withLock { $0.isDown } }
        set { control.change { $0.isDown = newValue } }
    }

    /// Connections that were made so far.
    package var connections: Int { control.state.withLock { $0.connections } }
    /// Breaks that came so far, in their order.
    package var breaks: [Struck] { control.state.withLock { $0.breaks } }

    /// Ends all connections, by RST.
    package func stop() { control.change { $0.isStopping = true } }
}

/// What the proxy's thread and its callers share.
final class ProxyControl: Sendable {
    struct State: Sendable {
        var orders: [Fault.Kind] = []
        var isDown = false
        var isStopping = false
        var connections = 0
        var breaks: [FaultProxy.Struck] = []
    }
    let state = Mutex(State())
    /// A byte for each change, for a thread that waits in `poll`.
    let wakeUps: Int32
    private let poker: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw LoopbackFleet.Failure(description: "no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (wakeUps, poker) = (ends[0], ends[1])
    }
    deinit {
        close(wakeUps)
        close(poker)
    }

    func change(_ change: @Sendable (inout State) -> Void) {
        state.withLock { change(&$0) }
        _ = write(poker, [1], 1)
    }
}
