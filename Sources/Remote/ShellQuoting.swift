extension String {
    /// The text as one word of POSIX sh, in single quotes.
    var singleQuoted: String {
        var quoted = "'"
        quoted.reserveCapacity(utf8.count + 2)
        for part in unicodeScalars {
            if part == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(part) }
        }
        return quoted + "'"
    }
}
