extension String {
    /// The text with what `escape` gives in the place of a scalar; nil leaves it as it is.
    ///
    /// For texts that another program reads. It sees bytes, where `replacing(_:with:)` sees Characters: CR LF is one of
    /// these, and so is a quote with an
    /// accent behind it, and neither is the line feed or the quote that was to be escaped.
    package func escaping(_ escape: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        result.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            if let escaped = escape(scalar) { result += escaped } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }
}
