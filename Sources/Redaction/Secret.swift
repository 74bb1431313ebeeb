/// A value that must not be shown, logged or stored: it has no description and no encoding, and `reveal()` is for its
/// one use.
///
/// Its memory is its own and is overwritten when the last copy goes. The text that it was made from, and what
/// `reveal()` gives, are
/// ordinary values of the caller's: keep them short-lived, or use `withBytes`, which copies nothing.
package struct Secret<Value: SecretValue>: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    let storage: WipedBytes

    package init(_ value: Value) { storage = value.withSecretBytes(WipedBytes.init) }

    /// A copy of the value, for the one place that needs it: authentication, sudo's stdin, a module's payload.
    package func reveal() -> Value { storage.withBytes(Value.init(secretBytes:)) }

    /// The bytes in place, for C functions that take a pointer and a length; the pointer must not outlive the call.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withBytes(body)
    }

    package var isEmpty: Bool { storage.count == 0 }
    package var description: String { "«redacted»" }
    package var debugDescription: String { "«redacted»" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What can be kept in a `Secret`: text and bytes. Other types hold pointers to memory that nobody could wipe.
package protocol SecretValue: Sendable {
    func withSecretBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result
    init(secretBytes: UnsafeBufferPointer<UInt8>)
}

extension String: SecretValue {
    package func withSecretBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var copy = self
        return copy.withUTF8(body)
    }
    package init(secretBytes: UnsafeBufferPointer<UInt8>) { self.init(decoding: secretBytes, as: UTF8.self) }
}

extension Array: SecretValue where Element == UInt8 {
    package func withSecretBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeBufferPointer(body)
    }
    package init(secretBytes: UnsafeBufferPointer<UInt8>) { self.init(secretBytes) }
}
