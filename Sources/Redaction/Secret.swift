/// A value that must not be shown, logged or stored: it has no description and no encoding, and `reveal()` is for its one use.
public struct Secret<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: Value
    public init(_ value: Value) { self.value = value }
    /// The value, for the one place that needs it: authentication, sudo's stdin, a module's payload.
    public func reveal() -> Value { value }
    public var description: String { "«redacted»" }
    public var debugDescription: String { "«redacted»" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
