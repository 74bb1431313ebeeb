import Remote

extension HostSession {
    /// No session outlives its channel yet, so there is none to be found again.
    nonisolated var record: SessionRecord { SessionRecord(id: "") }
}
