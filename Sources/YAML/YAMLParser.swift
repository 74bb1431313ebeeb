/// Reads YAML 1.1 the way PyYAML's safe loader under Ansible does, over libyaml: a text that is JSON is read as JSON,
/// any other as YAML.
package enum YAMLParser {
    package struct Document: Sendable {
        package let root: Node
        /// Duplicate keys and the like; the text is usable all the same.
        package let warnings: [Diagnostic]
    }

    /// Reads a text that holds one document; an empty text is null.
    ///
    /// - Parameters:
    ///   - allowsJSON: whether a text that is JSON is read as such.
    ///   - isTrusted: whether texts in it may be templates: true for playbooks, inventories, variables files and the
    ///     command line, and for nothing else. Its
    ///     scalars then know their places, too.
    ///   - isSecret: whether the text was encrypted: then all its values are secret.
    /// - Throws: `Diagnostics` with the place of the first thing that is not YAML, or with every value that is none of
    ///   its type.
    package static func parse(
        _ text: [UInt8], file: String, allowsJSON: Bool = true, isTrusted: Bool = false, isSecret: Bool = false
    ) throws(Diagnostics) -> Document {
        if let problem = TextEncoding.problem(in: text, file: file) { throw Diagnostics([problem]) }
        let source = isTrusted ? Provenance.Source(file: file, isTrusted: true, isSecret: isSecret) : nil
        if allowsJSON, let root = JSONReader.root(of: text, file: file, source: source) {
            return Document(root: root, warnings: [])
        }

        let (events, failure) = LibYAML.events(of: text)
        var composer = Composer(events, file: file)
        let written: WrittenNode?
        do throws(Diagnostic) { written = try composer.document() } catch { throw Diagnostics([error]) }
        if let failure { throw Diagnostics([SyntaxAdvice.diagnostic(for: failure, in: text, file: file)]) }
        guard let written else {
            return Document(
                root: Node(mark: SourceMark(file: file, line: 1, column: 1), content: .scalar, value: .null),
                warnings: [])
        }
        var constructor = Constructor(source: source)
        let root = constructor.node(written)
        guard constructor.errors.isEmpty else { throw Diagnostics(constructor.errors.inTextOrder) }
        return Document(root: root, warnings: constructor.warnings.inTextOrder)
    }
}

extension YAMLParser {
    /// Reads a text that may hold several documents; what is in none is left out.
    ///
    /// - Throws: as `parse`.
    package static func parseAll(_ text: [UInt8], file: String) throws(Diagnostics) -> [Value] {
        if let problem = TextEncoding.problem(in: text, file: file) { throw Diagnostics([problem]) }
        let (events, failure) = LibYAML.events(of: text)
        var composer = Composer(events, file: file)
        let written: [WrittenNode]
        do throws(Diagnostic) { written = try composer.documents() } catch { throw Diagnostics([error]) }
        if let failure { throw Diagnostics([SyntaxAdvice.diagnostic(for: failure, in: text, file: file)]) }
        var values: [Value] = []
        for root in written {
            var constructor = Constructor(source: nil)
            values.append(constructor.node(root).value)
            guard constructor.errors.isEmpty else { throw Diagnostics(constructor.errors.inTextOrder) }
        }
        return values
    }
}

extension [Diagnostic] {
    /// From the top of the text to its end.
    fileprivate var inTextOrder: [Diagnostic] {
        sorted { ($0.mark?.line ?? 0, $0.mark?.column ?? 0) < ($1.mark?.line ?? 0, $1.mark?.column ?? 0) }
    }
}

extension YAMLParser {
    /// A date or a moment as YAML 1.1 writes them; nil for any other text.
    package static func timestamp(_ text: String) -> Value? { try? ScalarValue.timestamp(text) }
}
