import Hummingbird
import Redaction
import YAML

/// The JSON object of a request's body, taken apart field by field. All that is wrong is reported at once, by the names
/// of fields that the
/// API knows and places in the body, never by what was sent.
struct BodyFields {
    private let fields: ValueMap
    private let prefix: RedactedText
    private(set) var problems: [RedactedText] = []

    /// - Parameter known: the names that it may have.
    init(_ request: Request, known: [RedactedText], limits: ServerSettings.Limits) async throws {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        guard type == "application/json" else {
            throw APIError(.unsupportedMediaType, ["the body must be JSON, with Content-Type: application/json"])
        }
        let bytes = try await Self.read(request, limits)
        let value: Value
        do { value = try JSON.parse(bytes, file: "body") } catch {
            // What stands there may be a part of a secret, so only the place is reported.
            let mark = error.all.first?.mark
            throw APIError(
                .badRequest, [mark.map { "body:\($0.line):\($0.column): this is not JSON" } ?? "the body is not JSON"])
        }
        guard let map = value.map else { throw APIError(.badRequest, ["the body must be a JSON object"]) }
        self.init(map, known: known, prefix: "")
    }

    private init(_ map: ValueMap, known: [RedactedText], prefix: RedactedText) {
        fields = map
        self.prefix = prefix
        let unknown = map.pairs.keys.filter { key in !known.contains { .string($0.description) == key } }.count
        if unknown > 0 {
            problems.append(
                "\(prefix.isEmpty ? "the body" : prefix[..<prefix.description.index(before: prefix.description.endIndex)]) has \(unknown) unknown \(unknown == 1 ? "field" : "fields"); known are: \(known.joined(separator: ", "))"
            )
        }
    }

    private static func read(_ request: Request, _ limits: ServerSettings.Limits) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                let buffer = try await request.body.collect(upTo: limits.body)
                return Array(buffer.readableBytesView)
            }
            group.addTask {
                try await Task.sleep(for: limits.bodyTime)
                return nil
            }
            defer { group.cancelAll() }
            guard let bytes = try await group.next() ?? nil else {
                throw APIError(.requestTimeout, ["the body did not come in time"], headers: [.connection: "close"])
            }
            return bytes
        }
    }

    /// - Parameter others: further names of the same field, of which one may be given.
    mutating func text(
        _ name: RedactedText, _ others: RedactedText..., required: Bool = false, limit: Int = 4096
    ) -> String? {
        text([name] + others, required: required, limit: limit)
    }

    private mutating func text(_ names: [RedactedText], required: Bool, limit: Int) -> String? {
        func value(_ name: RedactedText) -> Value? { fields[name.description].flatMap { $0.isNull ? nil : $0 } }
        let name = names.first { value($0) != nil } ?? names[0]
        if let other = names.first(where: { other in other != name && value(other).map { $0 != value(name) } ?? false })
        {
            refuse(other, "says something else than \(prefix)\(name)")
        }
        guard let value = given(name, required) else { return nil }
        guard let text = value.string, !text.isEmpty, text.utf8.count <= limit, !text.utf8.contains(0) else {
            return wrong(name, "text that is not empty, of at most \(limit) bytes")
        }
        return text
    }

    /// Text that a variable of a run comes to hold: no template, as with `variables`.
    mutating func plainText(_ name: RedactedText, _ others: RedactedText..., limit: Int = 4096) -> String? {
        guard let text = text([name] + others, required: false, limit: limit) else { return nil }
        return Value.string(text).holdsTemplate ? wrong(name, "text without templates") : text
    }

    mutating func plainTexts(_ name: RedactedText) -> [String] {
        let texts = texts(name)
        return texts.contains { Value.string($0).holdsTemplate } ? wrong(name, "texts without templates") ?? [] : texts
    }

    /// Variables of a run. A template among them could run any program of this machine (`lookup('pipe', …)`).
    mutating func variables(_ name: RedactedText) -> ValueMap? {
        guard let map = object(name) else { return nil }
        if Value.dict(map).holdsTemplate { refuse(name, "holds values here, no templates") }
        return map
    }

    mutating func flag(_ name: RedactedText, else fallback: Bool) -> Bool {
        guard let value = given(name, false) else { return fallback }
        return value.bool ?? wrong(name, "true or false") ?? fallback
    }

    mutating func number(_ name: RedactedText, _ range: ClosedRange<Int>) -> Int? {
        guard let value = given(name, false) else { return nil }
        guard let number = value.int, range.contains(number) else {
            return wrong(name, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A list of texts; one text stands for a list of one.
    mutating func texts(_ name: RedactedText, required: Bool = false, most: Int = 64) -> [String] {
        guard let value = given(name, required) else { return [] }
        let texts = value.string.map { [$0] } ?? value.list?.compactMap(\.string) ?? []
        guard !texts.isEmpty || value.list?.isEmpty == true && !required, texts.count <= most,
            texts.count == value.list?.count ?? 1,
            texts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 4096 && !$0.utf8.contains(0) })
        else {
            return wrong(name, "a list of at most \(most) texts") ?? []
        }
        return texts
    }

    func isList(_ name: RedactedText) -> Bool { fields[name.description]?.list != nil }

    mutating func object(_ name: RedactedText) -> ValueMap? {
        guard let value = given(name, false) else { return nil }
        return value.map ?? wrong(name, "an object")
    }

    /// An object within, with known names of its own; `body` takes its fields.
    mutating func object<Result>(
        _ name: RedactedText, known: [RedactedText], _ body: (inout BodyFields) -> Result
    ) -> Result? {
        guard let map = object(name) else { return nil }
        var inner = BodyFields(map, known: known, prefix: prefix + name + ".")
        defer { problems += inner.problems }
        return body(&inner)
    }

    mutating func refuse(_ name: RedactedText, _ problem: RedactedText) {
        problems.append("\(prefix)\(name): \(problem)")
    }

    func finish() throws(APIError) {
        if !problems.isEmpty { throw APIError(.unprocessableContent, problems) }
    }

    private mutating func given(_ name: RedactedText, _ required: Bool) -> Value? {
        if let value = fields[name.description], !value.isNull { return value }
        if required { refuse(name, "is missing") }
        return nil
    }

    private mutating func wrong<Anything>(_ name: RedactedText, _ wanted: RedactedText) -> Anything? {
        refuse(name, "takes \(wanted)")
        return nil
    }
}

extension Value {
    /// At any depth, also in names.
    fileprivate var holdsTemplate: Bool {
        switch self {
        case .string(let text, _): ["{{", "{%", "{#"].contains { text.contains($0) }
        case .list(let items): items.contains(where: \.holdsTemplate)
        case .dict(let map): map.pairs.contains { $0.key.holdsTemplate || $0.value.holdsTemplate }
        default: false
        }
    }
}
