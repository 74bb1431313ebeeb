import Foundation

/// Runs blocking work on a thread of its own: the cooperative pool has as many threads as there are processors, and
/// what the tests wait for
/// may need them.
@discardableResult
package func offPool<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { waiting in
        let thread = Thread { waiting.resume(with: Swift.Result { try work() }) }
        thread.stackSize = 1 << 20
        thread.start()
    }
}
