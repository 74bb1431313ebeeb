import Glibc

/// For text of this program's own and of the system's: no initializer here takes a text.
extension RedactedText {
    /// The name of one of an enum's cases, which stands in the source.
    package init<Name: RawRepresentable<String> & CaseIterable>(own name: Name) {
        self.init(alreadyRedacted: TerminalSafe.text(name.rawValue))
    }

    /// The system's words for an error number.
    package init(errno code: Int32) { self.init(alreadyRedacted: TerminalSafe.text(String(cString: strerror(code)))) }
}

extension RedactedText.StringInterpolation {
    /// With zeroes in front, so that it has so many digits.
    package mutating func appendInterpolation(_ number: some BinaryInteger, digits: Int) {
        let text = String(number)
        self.text += String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
