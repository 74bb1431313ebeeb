import Synchronization

/// Connections to jump hosts, shared by all that go through them: one for each event loop and way, closed when its last
/// user is.
final class JumpHosts: Sendable {
    static let shared = JumpHosts()

    struct Way: Hashable, Sendable {
        let loop: ObjectIdentifier
        let hops: [String]
    }

    private enum State {
        case connecting(waiting: [Answer<Void>])
        case connected(SSHConnection, users: Int)
    }
    private let ways = Mutex<[Way: State]>([:])

    /// The connection for a way, made with `connect` by the first who asks. Give it back with `release`.
    func connection(_ way: Way, connect: () async throws -> SSHConnection) async throws -> SSHConnection {
        while true {
            let answer = Answer<Void>()
            let found = ways.withLock { ways -> SSHConnection? in
                switch ways[way] {
                case .connected(let connection, let users)?:
                    ways[way] = .connected(connection, users: users + 1)
                    return connection
                case .connecting(let waiting)?: ways[way] = .connecting(waiting: waiting + [answer])
                case nil:
                    ways[way] = .connecting(waiting: [])
                    answer.resolve(.success(()))
                }
                return nil
            }
            if let found {
                if await !found.isClosed { return found }
                forget(way, found)
                continue
            }
            let isFirst = answer.isResolved
            try await answer.value()
            guard isFirst else { continue }
            do {
                let connection = try await connect()
                finish(way, .connected(connection, users: 1))
                return connection
            } catch {
                // The others try for themselves: each tells its own host's user what is wrong.
                finish(way, nil)
                throw error
            }
        }
    }

    private func finish(_ way: Way, _ state: State?) {
        let waiting = ways.withLock { ways -> [Answer<Void>] in
            defer { ways[way] = state }
            if case .connecting(let waiting)? = ways[way] { return waiting }
            return []
        }
        for answer in waiting { answer.resolve(.success(())) }
    }

    private func forget(_ way: Way, _ connection: SSHConnection) {
        ways.withLock { ways in
            if case .connected(let other, _)? = ways[way], other === connection { ways[way] = nil }
        }
    }

    /// Closes the connection when nobody uses it any more.
    func release(_ connection: SSHConnection) async {
        let isUnused = ways.withLock { ways -> Bool in
            for case (let way, .connected(let other, let users)) in ways where other === connection {
                ways[way] = users > 1 ? .connected(connection, users: users - 1) : nil
                return users <= 1
            }
            return true
        }
        if isUnused { await connection.close() }
    }
}
