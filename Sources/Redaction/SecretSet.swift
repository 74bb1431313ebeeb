import Glibc
import Synchronization

/// Every secret that a run has read. Redactors made from it know those that join later, too.
///
/// What is searched for:
/// - of a secret of four bytes or more: the text in every form that docs/redaction.md lists, anywhere, also within a
///   word;
/// - of a shorter one: the text itself where it stands alone (`pin=123`, not `1234`). It would be found in half of all
///   words otherwise,
///   and a text full of marks tells where they are wrong;
/// - of an empty one, or one of white space only: nothing.
///
/// A text that is a secret under two names is shown with the name that came first.
package final class SecretSet: Sendable {
    private struct State {
        /// What is shown in place of each.
        var marks: [WipedBytes: String] = [:]
        /// In bytes: a text of another length is no secret as a whole.
        var lengths: Set<Int> = []
        /// Texts in which there was nothing to hide or to replace, until another secret joins.
        var harmless: Set<ExactText> = []
        /// How many texts were searched, or parts of one.
        var searches = 0
        /// Joined since the matcher was made.
        var new: [Pattern] = []
        var beginnings: [UInt32] = []
        var matcher: Matcher?
    }
    private let state = Mutex(State())

    package init() {}

    /// Adds a secret; from now on it is shown as `«redacted:label»`, the label being `provider.field`.
    package func insert(_ secret: Secret<String>, label: String) { insert(secret.storage, label: label) }
    /// Adds a secret that is not text, such as a key's bytes.
    package func insert(_ secret: Secret<[UInt8]>, label: String) { insert(secret.storage, label: label) }

    private func insert(_ bytes: WipedBytes, label: String) {
        guard !state.withLock({ $0.marks.keys.contains(bytes) }) else { return }
        let mark = mark(for: label).description
        let forms = bytes.withBytes(SecretForms.init(of:))
        let patterns = forms.patterns.map { Pattern($0.bytes, mark: mark, view: $0.view, continues: $0.continues) }
        // Known only together with its patterns: whoever inserts the same secret at the same time must not return
        // before it is searched for.
        state.withLock { state in
            guard state.marks[bytes] == nil else { return }
            state.marks[bytes] = mark
            state.lengths.insert(bytes.count)
            state.harmless = []
            state.new += patterns
            state.beginnings += forms.beginnings
        }
    }

    /// What is shown in place of a text that as a whole is a secret; nil for any other.
    package func holds(_ text: String) -> String? {
        text.withSecretBytes { text in
            state.withLock { $0.lengths.contains(text.count) ? $0.marks[WipedBytes(text)] : nil }
        }
    }

    /// Whether there is nothing to search for yet.
    package var isEmpty: Bool { state.withLock { $0.marks.isEmpty } }

    /// A text that comes again and again: searched once, and again when another secret has joined. What holds a secret
    /// is not remembered.
    func redacted(name text: String) -> RedactedText {
        guard text.utf8.count <= Self.longestName else { return RedactedText(text, secrets: self) }
        let name = ExactText(text)
        let (isHarmless, known) = state.withLock { ($0.harmless.contains(name), $0.marks.count) }
        if isHarmless { return RedactedText(alreadyRedacted: text) }
        let redacted = RedactedText(text, secrets: self)
        guard ExactText(redacted.description) == name else { return redacted }
        state.withLock { state in
            // A secret that has joined meanwhile may not have been searched for.
            guard state.marks.count == known else { return }
            if state.harmless.count >= Self.mostNames { state.harmless = [] }
            state.harmless.insert(name)
        }
        return redacted
    }
    private static let longestName = 128, mostNames = 1 << 14

    /// What is shown in place of a secret, whether it has joined or not.
    package func mark(for label: String) -> RedactedText {
        RedactedText(alreadyRedacted: "«redacted:\(TerminalSafe.text(label))»")
    }

    /// What to search for now; nil while there is nothing.
    func matcher() -> Matcher? {
        state.withLock { state in
            state.searches += 1
            if !state.new.isEmpty {
                state.matcher = Matcher(state.matcher, adding: state.new, beginnings: state.beginnings)
                (state.new, state.beginnings) = ([], [])
            }
            return state.matcher
        }
    }

    /// How many texts, or parts of one, were searched so far.
    var searches: Int { state.withLock { $0.searches } }
}

/// A text as its bytes are: as characters, texts that differ may be equal (`é` in one or in two), and one of them a
/// secret.
private struct ExactText: Hashable, Sendable {
    let text: String
    init(_ text: String) { self.text = text }

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.withSecretBytes { left in
            right.text.withSecretBytes { right in
                guard left.count == right.count else { return false }
                guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return left.isEmpty }
                return memcmp(leftStart, rightStart, left.count) == 0
            }
        }
    }
    func hash(into hasher: inout Hasher) { text.withSecretBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) } }
}
