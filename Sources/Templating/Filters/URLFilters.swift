extension Filters {
    static let urlFilters: [String: Operation] = [
        "urlencode": Operation { operand throws(TemplateError) in
            switch operand.input {
            case .dict(let dict):
                var parts: [String] = []
                for (key, value) in try dict.pairs(operand.context) {
                    parts.append(
                        PercentEncoding.form(try key.object.text(operand.context)) + "="
                            + PercentEncoding.form(try value.text(operand.context)))
                }
                return .string(parts.joined(separator: "&"))
            case .list, .tuple:
                var parts: [String] = []
                for pair in try operand.items() {
                    let items = try pair.definedItems(operand.context)
                    guard items.count == 2 else { throw .other("urlencode needs pairs of a key and a value") }
                    parts.append(
                        PercentEncoding.form(try items[0].text(operand.context)) + "="
                            + PercentEncoding.form(try items[1].text(operand.context)))
                }
                return .string(parts.joined(separator: "&"))
            default: return .string(PercentEncoding.encode(try operand.text(), safe: "/"))
            }
        },
        "urldecode": Operation { operand throws(TemplateError) in
            .string(PercentEncoding.decode(try operand.string().replacingText("+", with: " ")))
        },
        "urlsplit": Operation(["query"]) { operand throws(TemplateError) in
            let url = try URLParts(operand.string())
            guard let wanted = try operand.optionalText(0), !wanted.isEmpty else {
                let dict = DictObject()
                for (name, value) in try url.all() { dict.set(Key(.string(name)), value) }
                return .dict(dict)
            }
            guard let value = try url.all().first(where: { $0.name == wanted })?.value else {
                throw .other("urlsplit: unknown URL component: \(wanted)")
            }
            return value
        },
    ]
}

enum PercentEncoding {
    static func encode(_ text: String, safe: String) -> String {
        let kept = Set("_.-~".utf8).union(safe.utf8)
        var result = ""
        for byte in text.utf8 {
            if (48...57).contains(byte) || (byte < 0x80 && (97...122).contains(byte | 0x20)) || kept.contains(byte) {
                result.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                result += "%" + PythonText.hexadecimal(UInt32(byte), 2).uppercased()
            }
        }
        return result
    }
    /// As in a form: spaces become plus signs.
    static func form(_ text: String) -> String { encode(text, safe: " ").replacingText(" ", with: "+") }
    static func decode(_ text: String) -> String {
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%"), bytes.count >= 2,
                let code = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(code)
                bytes = bytes.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A URL cut in its parts, as Python's `urlsplit`.
struct URLParts {
    var scheme = "", netloc = "", path = "", query = "", fragment = ""
    var user: String?, password: String?, host: String?, port: String?

    init(_ url: String) throws(TemplateError) {
        // As browsers do: control characters and spaces before the URL do not count, nor do line ends within it.
        var rest = Substring(
            String(
                String.UnicodeScalarView(
                    url.unicodeScalars.drop { $0.value <= 0x20 }.filter { !"\t\r\n".unicodeScalars.contains($0) })))
        if let colon = rest.firstIndex(of: ":"), let first = rest.first, first.isASCII, first.isLetter,
            rest[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        {
            scheme = rest[..<colon].lowercased()
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
            netloc = String(rest[..<end])
            rest = rest[end...]
            guard netloc.contains("[") == netloc.contains("]") else { throw .other("Invalid IPv6 URL") }
        }
        if let mark = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        path = String(rest)
        var address = Substring(netloc)
        if let at = address.lastIndex(of: "@") {
            let login = address[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = String(login[0])
            password = login.count > 1 ? String(login[1]) : nil
            address = address[address.index(after: at)...]
        }
        var name = address
        var portText: Substring?
        if address.hasPrefix("["), let close = address.firstIndex(of: "]") {
            name = address[address.index(after: address.startIndex)..<close]
            let tail = address[address.index(after: close)...]
            if tail.hasPrefix(":") { portText = tail.dropFirst() }
        } else if let colon = address.firstIndex(of: ":") {
            name = address[..<colon]
            portText = address[address.index(after: colon)...]
        }
        host = name.isEmpty ? nil : name.lowercased()
        port = portText.map(String.init)
    }

    /// - Throws: When the port is none.
    func all() throws(TemplateError) -> [(name: String, value: Object)] {
        var number: Object = .none
        if let port, !port.isEmpty {
            guard let value = Int(port), (0...65535).contains(value) else {
                throw .other("the port of the URL is not a number from 0 to 65535")
            }
            number = .int(value)
        }
        func optional(_ text: String?) -> Object { text.map { .string($0) } ?? .none }
        return [
            ("fragment", .string(fragment)), ("hostname", optional(host)), ("netloc", .string(netloc)),
            ("password", optional(password)), ("path", .string(path)),
            ("port", number), ("query", .string(query)), ("scheme", .string(scheme)), ("username", optional(user)),
        ]
    }
}
