import Redaction
import Synchronization

/// A text that joined the search of a run, and what it is shown as.
struct JoinedSecret: Sendable, Hashable {
    var text: Secret<String>
    var label: String
}

/// Which secrets joined the search because a run made them: a process that resumes it would not search for them.
/// What was known before is no such secret: the vault is read again, and credentials are resolved again.
final class SecretNotes: Sendable {
    /// Of what belongs to no task: `hostvars` is made once for all of them. It is written down with the next task that
    /// ends.
    let shared = TaskTrace()
    private let secrets: SecretSet
    private let made = Mutex(Set<Secret<String>>())

    init(_ secrets: SecretSet) { self.secrets = secrets }

    /// Whether the run made it. To be asked before it joins; true for every task that uses it, since any of them may
    /// end first.
    @discardableResult
    func areNeeded(for text: Secret<String>) -> Bool {
        made.withLock { made in
            if made.contains(text) { return true }
            guard secrets.holds(text.reveal()) == nil else { return false }
            made.insert(text)
            return true
        }
    }
}
