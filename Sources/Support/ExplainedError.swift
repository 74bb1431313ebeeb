/// An error that a person can do something about. It reads `logs/runs: cannot make the folder: Permission denied; check
/// that …`: where, what, and what to do.
///
/// What prints errors asks for this, so an error is thrown as it is, and needs no other around it to be shown well.
/// None of its parts may hold a credential's value.
package protocol ExplainedError: Error, CustomStringConvertible {
    /// The file, or the place in it, that it is about; nil where the problem says it.
    var place: String? { get }
    var problem: String { get }
    /// What to do; nil where the problem says all.
    var remedy: String? { get }
}

extension ExplainedError {
    package var place: String? { nil }
    /// Without the remedy, where that has a line or a field of its own.
    package var problemAtPlace: String { (place.map { "\($0): " } ?? "") + problem }
    package var description: String { problemAtPlace + (remedy.map { "; \($0)" } ?? "") }
}
