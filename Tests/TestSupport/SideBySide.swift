import Foundation

/// Runs `body` for each item, some of them at a time, and returns when all have ended. The first error is thrown, and
/// no more are begun after it.
///
/// For cases that mostly wait, or are programs of their own: tests come one after the other, and so do the cases of a
/// test with arguments. What a case expects says which one it is.
///
/// - Parameter atOnce: nil for as many as there are processors: for cases that compute.
package func sideBySide<Item: Sendable>(
    _ items: [Item], atOnce: Int? = nil, _ body: @escaping @Sendable (Item) async throws -> Void
) async throws {
    let most = max(1, atOnce ?? ProcessInfo.processInfo.activeProcessorCount)
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, item) in items.enumerated() {
            if index >= most { _ = try await group.next() }
            group.addTask { try await body(item) }
        }
        try await group.waitForAll()
    }
}
