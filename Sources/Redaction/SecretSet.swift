import Synchronization

/// Every secret that a run has read. Redactors made from it know those that join later, too.
public final class SecretSet: Sendable {
    public init() {}
    /// Adds a secret; from now on it is shown as `«redacted:label»`, the label being `provider.field`.
    public func insert(_ secret: Secret<String>, label: String) {}
}
