public import Redaction

/// What a run needs from outside.
public struct RunDependencies: Sendable {
    public var connections: any FleetConnections
    public var events: RunEvents
    public var secrets: SecretSet
    public var stop: StopRequest
    /// nil where nothing is written down that another process could go on from.
    public var checkpoint: RunCheckpoint?
    public init(
        connections: any FleetConnections, events: RunEvents, secrets: SecretSet, stop: StopRequest,
        checkpoint: RunCheckpoint? = nil
    ) {
        self.connections = connections
        self.events = events
        self.secrets = secrets
        self.stop = stop
        self.checkpoint = checkpoint
    }
}
