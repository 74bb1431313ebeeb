import YAML

/// As people read it: by cause, with places.
extension Lint {
    /// More are in the other formats.
    private static let shownPlaces = 5

    package var text: String {
        var lines: [String] = []
        for cause in causes {
            let count = cause.findings.count
            if count == 1, let finding = cause.findings.first {
                lines.append("\(cause.severity.rawValue): \(finding.diagnostic)")
                continue
            }
            lines.append("\(cause.severity.rawValue): \(cause.text): \(count) places")
            // All of one cause have their remedies in common, or none that is of use.
            if let remedy = cause.findings.first?.diagnostic.remedy,
                cause.findings.allSatisfy({ $0.diagnostic.remedy == remedy })
            {
                lines.append("    \(remedy)")
            }
            for finding in cause.findings.prefix(Self.shownPlaces) {
                let isSame = cause.findings.allSatisfy { $0.diagnostic.problem == finding.diagnostic.problem }
                let place = finding.diagnostic.place ?? "?"
                lines.append("    \(place)\(isSame ? "" : ": \(finding.diagnostic.problem)")")
            }
            if count > Self.shownPlaces {
                lines.append("    and \(count - Self.shownPlaces) more (--format json has all)")
            }
        }
        return (lines + [summary]).joined(separator: "\n")
    }

    /// `214 tasks in 31 files: 190 (89 %) run as they are, …`
    package var summary: String {
        func share(_ count: Int) -> String {
            tasks.all == 0 ? "0" : "\(count) (\(Int((100 * Double(count) / Double(tasks.all)).rounded(.down))) %)"
        }
        func number(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
        let warnings = findings.count - errorCount
        let playbooks = items.count { $0.kind == .playbook }
        let roles = items.count { $0.kind == .role }
        return """
            \(number(playbooks, "playbook")), \(number(roles, "role")), \(number(tasks.all, "task")) in \(number(fileCount, "file")): \
            \(share(tasks.native)) run natively, \(share(tasks.missingModule)) need a module that ComfyFleet does not have, \
            \(share(tasks.faulty)) have other problems; \(number(errorCount, "error")), \(number(warnings, "warning"))
            """
    }
}

/// As programs read it.
extension Lint {
    package var json: Value {
        .dict([
            "items": .list(
                items.map { item in
                    .dict([
                        "kind": .string(item.kind.rawValue), "path": .string(item.path), "errors": .int(item.errors),
                        "problems": .int(item.problems),
                    ])
                }), "files": .int(fileCount),
            "tasks": .dict([
                "all": .int(tasks.all), "native": .int(tasks.native), "missing_module": .int(tasks.missingModule),
                "faulty": .int(tasks.faulty),
            ]),
            "errors": .int(errorCount), "warnings": .int(findings.count - errorCount),
            "causes": .list(
                causes.map { cause in
                    .dict([
                        "severity": .string(cause.severity.rawValue), "rule": .string(cause.rule),
                        "subject": .string(cause.subject), "text": .string(cause.text),
                        "count": .int(cause.findings.count),
                    ])
                }), "findings": .list(findings.map(\.json)),
        ])
    }

    /// A log of version 2.1.0, which code scanners show beside the lines.
    package var sarif: Value {
        let rules = ["playbook", "note"] + TaskProblem.Kind.allCases.map(\.rawValue)
        let descriptions: [String: String] = [
            "playbook": "A playbook, role or file of tasks that Ansible, too, refuses",
            "note": "Something that has no effect, or is not what it seems",
            "module": "A module that ComfyFleet does not have", "option": "An option that the module does not have",
            "value": "A value that the module's option does not take",
            "arguments": "Arguments that are missing, or exclude each other",
            "filter": "A filter that there isn't", "test": "A test that there isn't",
            "lookup": "A lookup that there isn't", "template": "A template that can't be read",
            "keyword": "A keyword's value, or a keyword that is not supported",
            "handler": "A handler that is notified, and that there isn't", "file": "A file that is not there",
            "role": "A role that is not there",
        ]
        let driver: ValueMap = [
            "name": .string("comfyfleet"),
            "rules": .list(
                rules.map { rule in
                    .dict([
                        "id": .string(rule),
                        "shortDescription": .dict(["text": .string(descriptions[rule] ?? rule)]),
                    ])
                }),
        ]
        let results: [Value] = findings.map { finding in
            var result: ValueMap = [
                "ruleId": .string(finding.rule), "ruleIndex": .int(rules.firstIndex(of: finding.rule) ?? 0),
                "level": .string(finding.rule == "note" ? "note" : finding.severity.rawValue),
                "message": .dict(["text": .string(finding.diagnostic.withoutPlace)]),
            ]
            if let mark = finding.diagnostic.mark {
                let region: ValueMap = ["startLine": .int(mark.line), "startColumn": .int(mark.column)]
                let place: ValueMap = [
                    "artifactLocation": .dict(["uri": .string(Self.uri(mark.file))]), "region": .dict(region),
                ]
                result["locations"] = .list([.dict(["physicalLocation": .dict(place)])])
            }
            return .dict(result)
        }
        let run: ValueMap = [
            "tool": .dict(["driver": .dict(driver)]), "columnKind": .string("unicodeCodePoints"),
            "results": .list(results),
        ]
        return .dict([
            "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"), "version": .string("2.1.0"),
            "runs": .list([.dict(run)]),
        ])
    }

    /// A reference as RFC 3986 has it: relative to the current folder where the path is.
    private static func uri(_ path: String) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
        let encoded = path.utf8.map { byte in
            unreserved.contains(byte)
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
        return (path.hasPrefix("/") ? "file://" : "") + encoded
    }
}

extension Lint.Finding {
    fileprivate var json: Value {
        var map: ValueMap = [
            "severity": .string(severity.rawValue), "rule": .string(rule), "subject": .string(subject),
            "problem": .string(diagnostic.problem), "remedy": diagnostic.remedy.map { .string($0) } ?? .null,
        ]
        map["file"] = diagnostic.mark.map { .string($0.file) } ?? .null
        map["line"] = diagnostic.mark.map { .int($0.line) } ?? .null
        map["column"] = diagnostic.mark.map { .int($0.column) } ?? .null
        return .dict(map)
    }
}

extension Diagnostic {
    fileprivate var withoutPlace: String { remedy.map { "\(problem); \($0)" } ?? problem }
}
