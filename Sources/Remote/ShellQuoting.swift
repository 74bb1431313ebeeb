extension String {
    /// The text as one word of POSIX sh.
    public var shellQuoted: String {
        let plain = utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                 UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        return plain && !isEmpty ? self : singleQuoted
    }

    /// In single quotes, always.
    var singleQuoted: String {
        var quoted = "'"
        quoted.reserveCapacity(utf8.count + 2)
        for part in unicodeScalars {
            if part == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(part) }
        }
        return quoted + "'"
    }
}
