import Synchronization
import TestSupport

/// What a proxy that is already running shall do to its next connections.
final class FaultSwitch: Sendable {
    private let current = Mutex<@Sendable (FaultProxy.Connection) -> [Fault]>({ _ in [] })
    func set(_ faults: @escaping @Sendable (FaultProxy.Connection) -> [Fault]) { current.withLock { $0 = faults } }
    func faults(of connection: FaultProxy.Connection) -> [Fault] { current.withLock { $0 }(connection) }
}
