import Redaction

/// What a run needs from outside.
package struct RunDependencies: Sendable {
    package var connections: any FleetConnections
    package var events: RunEvents
    package var secrets: SecretSet
    package var stop: StopRequest
    /// nil where nothing is written down that another process could go on from.
    package var checkpoint: RunCheckpoint?
    package init(
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
