import BigInt

/// Numbers in versions. Those with more digits than Python takes are none: reading one costs the square of its digits.
private enum VersionNumber {
    static func read(_ digits: some StringProtocol) -> BigInt? {
        digits.utf8.count <= Bounds.digits ? BigInt(digits) : nil
    }

    /// - Throws: where a number in the text is too long, as Python's `int` does.
    static func check(_ text: String) throws(TemplateError) {
        var count = 0
        for byte in text.utf8 {
            count = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? count + 1 : 0
            guard count <= Bounds.digits else {
                throw .other(
                    "Version comparison failed: Exceeds the limit (\(Bounds.digits) digits) for integer string conversion"
                )
            }
        }
    }
}

extension TemplateTests {
    static let versionTests: [String: Operation] = ["version": version, "version_compare": version]

    private static let version = Operation(["version", "operator", "strict", "version_type"], required: 1) {
        operand throws(TemplateError) in
        let order: Int
        guard try operand.input.isTrue(operand.context) else { throw .other("Input version value cannot be empty") }
        guard let other = operand[0], try other.isTrue(operand.context) else {
            throw .other("Version parameter to compare against cannot be empty")
        }
        let left = try operand.text()
        let right = try other.text(operand.context)
        try operand.context.step((left.utf8.count + right.utf8.count) >> 4)
        let kind = try operand.optionalText(3)
        if kind != nil, let strict = operand[2], !strict.isNone {
            throw .other("Cannot specify both 'strict' and 'version_type'")
        }
        let isStrict = try operand.flag(2)
        switch kind ?? (isStrict ? "strict" : "loose") {
        case "loose": order = try LooseVersion(left).order(LooseVersion(right))
        case "strict": order = try StrictVersion(left).order(StrictVersion(right))
        case "semver", "semantic": order = try SemanticVersion(left).order(SemanticVersion(right))
        case "pep440": order = try PythonVersion(left).order(PythonVersion(right))
        default: throw .other("Invalid version_type; use loose, strict, semver, semantic or pep440")
        }
        switch try operand.text(1, default: "eq") {
        case "==", "=", "eq": return .bool(order == 0)
        case "!=", "<>", "ne": return .bool(order != 0)
        case "<", "lt": return .bool(order < 0)
        case "<=", "le": return .bool(order <= 0)
        case ">", "gt": return .bool(order > 0)
        case ">=", "ge": return .bool(order >= 0)
        default: throw .other("Invalid operator type; use ==, !=, <, <=, > or >=")
        }
    }
}

/// Runs of digits compare as numbers, runs of letters as text; the two kinds cannot be compared.
struct LooseVersion {
    enum Part {
        case number(BigInt)
        case text(String)
    }
    let parts: [Part]

    init(_ text: String) throws(TemplateError) {
        parts = try RegexCache.expression("(\\d+|[a-z]+|\\.)", .ascii).split(text).filter { !$0.isEmpty && $0 != "." }
            .map { VersionNumber.read($0).map { .number($0) } ?? .text($0) }
    }
    func order(_ other: LooseVersion) throws(TemplateError) -> Int {
        for (left, right) in zip(parts, other.parts) {
            switch (left, right) {
            case (.number(let left), .number(let right)): if left != right { return left < right ? -1 : 1 }
            case (.text(let left), .text(let right)):
                if left != right { return left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars) ? -1 : 1 }
            case (.number, .text):
                throw .other("Version comparison failed: '<' not supported between instances of 'int' and 'str'")
            case (.text, .number):
                throw .other("Version comparison failed: '<' not supported between instances of 'str' and 'int'")
            }
        }
        return (parts.count - other.parts.count).signum()
    }
}

/// Two or three numbers, and perhaps `a` or `b` with a number.
struct StrictVersion {
    private let numbers: [BigInt], pre: (letter: String, number: BigInt)?
    init(_ text: String) throws(TemplateError) {
        try VersionNumber.check(text)
        guard
            let match = try RegexCache.expression("(\\d+)\\.(\\d+)(\\.(\\d+))?([ab](\\d+))?\\Z", .ascii).firstMatch(
                in: text, anchored: true)
        else { throw .other("Version comparison failed: invalid version number") }
        numbers = [1, 2, 4].map { match.groups[$0].flatMap { BigInt($0) } ?? 0 }
        pre = match.groups[5].map { (String($0.prefix(1)), BigInt($0.dropFirst()) ?? 0) }
    }
    func order(_ other: StrictVersion) -> Int {
        for (left, right) in zip(numbers, other.numbers) where left != right { return left < right ? -1 : 1 }
        switch (pre, other.pre) {
        case (nil, nil): return 0
        case (_?, nil): return -1
        case (nil, _?): return 1
        case (let left?, let right?): return left == right ? 0 : left < right ? -1 : 1
        }
    }
}

/// semver.org 2.0.0.
struct SemanticVersion {
    private let numbers: [BigInt], pre: [String]
    init(_ text: String) throws(TemplateError) {
        try VersionNumber.check(text)
        let pattern =
            "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?\\Z"
        guard let match = try RegexCache.expression(pattern, .ascii).firstMatch(in: text, anchored: true) else {
            throw .other("Version comparison failed: invalid semantic version")
        }
        numbers = (1...3).map { match.groups[$0].flatMap { BigInt($0) } ?? 0 }
        pre = match.groups[4]?.split(separator: ".").map(String.init) ?? []
    }
    func order(_ other: SemanticVersion) -> Int {
        for (left, right) in zip(numbers, other.numbers) where left != right { return left < right ? -1 : 1 }
        if pre.isEmpty || other.pre.isEmpty { return pre.isEmpty == other.pre.isEmpty ? 0 : pre.isEmpty ? 1 : -1 }
        for (left, right) in zip(pre, other.pre) where left != right {
            switch (BigInt(left), BigInt(right)) {
            case (let left?, let right?): return left < right ? -1 : 1
            case (_?, nil): return -1
            case (nil, _?): return 1
            case (nil, nil): return left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars) ? -1 : 1
            }
        }
        return (pre.count - other.pre.count).signum()
    }
}

/// PEP 440.
package struct PythonVersion: Sendable {
    private var epoch: BigInt = 0, release: [BigInt] = []
    /// Each part sorts below or above the plain release: dev, pre, none, post.
    private var pre: (rank: Int, number: BigInt), post: BigInt, dev: BigInt?, local: [String] = []

    package init(_ text: String) throws(TemplateError) {
        try VersionNumber.check(text)
        let pattern =
            "\\s*v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\\d+)?)?(?:-(\\d+)|[-_.]?(post|rev|r)[-_.]?(\\d+)?)?([-_.]?dev[-_.]?(\\d+)?)?(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\\s*\\Z"
        guard
            let match = try RegexCache.expression(pattern, [.ascii, .ignoreCase]).firstMatch(in: text, anchored: true)
        else { throw .other("Version comparison failed: invalid version") }
        func number(_ group: Int) -> BigInt? { match.groups[group].flatMap { BigInt($0) } }
        epoch = number(1) ?? 0
        release = (match.groups[2] ?? "").split(separator: ".").map { BigInt(String($0)) ?? 0 }
        while release.count > 1, release.last == 0 { release.removeLast() }
        post = number(5) ?? (match.groups[6] != nil ? number(7) ?? 0 : -1)
        dev = match.groups[8] != nil ? number(9) ?? 0 : nil
        switch match.groups[3]?.lowercased() {
        case "a", "alpha": pre = (0, number(4) ?? 0)
        case "b", "beta": pre = (1, number(4) ?? 0)
        case .some: pre = (2, number(4) ?? 0)
        case nil: pre = post < 0 && dev != nil ? (-1, 0) : (3, 0)
        }
        local = match.groups[10]?.lowercased().split { "-_.".contains($0) }.map(String.init) ?? []
    }
    /// Below 0: this version comes first.
    package func order(_ other: PythonVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        for index in 0..<max(release.count, other.release.count) {
            let left = index < release.count ? release[index] : 0
            let right = index < other.release.count ? other.release[index] : 0
            if left != right { return left < right ? -1 : 1 }
        }
        if pre != other.pre { return pre < other.pre ? -1 : 1 }
        if post != other.post { return post < other.post ? -1 : 1 }
        switch (dev, other.dev) {
        case (nil, nil): break
        case (_?, nil): return -1
        case (nil, _?): return 1
        case (let left?, let right?): if left != right { return left < right ? -1 : 1 }
        }
        for (left, right) in zip(local, other.local) where left != right {
            switch (BigInt(left), BigInt(right)) {
            case (let left?, let right?): return left < right ? -1 : 1
            case (_?, nil): return 1
            case (nil, _?): return -1
            case (nil, nil): return left < right ? -1 : 1
            }
        }
        return (local.count - other.local.count).signum()
    }
}
