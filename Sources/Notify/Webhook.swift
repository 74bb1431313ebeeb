import Hooks
import Playbook
import Support
import YAML

/// One webhook of `config/hooks.yml`, checked.
package struct Webhook: Sendable, Hashable {
    /// A field of the vault, `provider.field`.
    package struct VaultPath: Sendable, Hashable {
        package var provider: String
        package var fields: [String]
    }
    package enum Address: Sendable, Hashable {
        case written(String)
        /// For addresses that are secrets themselves.
        case vault(VaultPath)
    }
    package var name: String
    package var mark: SourceMark
    package var address: Address
    package var events: Set<HookEvent> = Webhook.events
    /// Of the signature; nil for no signature.
    package var key: VaultPath?
    /// Seconds for one attempt.
    package var timeout = 10
    /// Attempts after the first.
    package var retries = 4
    /// An address without TLS that is not this machine's is allowed.
    package var isInsecure = false

    /// Those that webhooks are notified of. The vault's events go to executables alone: a webhook's key is read from
    /// the vault, too.
    package static let events = Set(HookEvent.allCases).subtracting([.secretRead, .keyRotated])
}

/// `config/hooks.yml`, checked.
package struct WebhookFile: Sendable {
    package static let defaultPath = "config/hooks.yml"
    /// In the order of the file.
    package var webhooks: [Webhook]

    /// Reads the file; without one there are no webhooks.
    ///
    /// - Throws: `Diagnostics` with everything that is wrong.
    package static func load(_ path: String = defaultPath) throws(Diagnostics) -> WebhookFile {
        let bytes: [UInt8]?
        do throws(FileProblem) { bytes = try PrivateFile.read(path, for: .settings, limit: 1 << 20) } catch {
            throw Diagnostics([Diagnostic(error)])
        }
        guard let bytes else { return WebhookFile(webhooks: []) }
        return try parse(bytes, path: path)
    }

    static func parse(_ text: [UInt8], path: String) throws(Diagnostics) -> WebhookFile {
        let document = try YAMLParser.parse(text, file: path)
        var reader = WebhookReader()
        reader.problems = document.warnings
        let webhooks = reader.webhooks(document.root)
        guard reader.problems.isEmpty else {
            throw Diagnostics(
                reader.problems.sorted {
                    ($0.mark?.line ?? 0, $0.mark?.column ?? 0) < ($1.mark?.line ?? 0, $1.mark?.column ?? 0)
                })
        }
        return WebhookFile(webhooks: webhooks)
    }
}

/// One reading of the file; collects every problem. What an address says is not in them: it may be a secret.
private struct WebhookReader {
    var problems: [Diagnostic] = []
    private static let keys = ["url", "url_from", "events", "key", "timeout", "retries", "insecure"]

    mutating func report(_ problem: String, at mark: SourceMark, _ remedy: String? = nil) {
        problems.append(Diagnostic(problem, at: mark, remedy: remedy))
    }

    mutating func webhooks(_ root: Node) -> [Webhook] {
        if root.value.isNull { return [] }
        guard let entries = root.entries else {
            report("a file of hooks is a mapping", at: root.mark, "begin with 'webhooks:'")
            return []
        }
        for entry in entries where entry.key.value.string != "webhooks" {
            unknown(entry.key, among: ["webhooks"], in: "a file of hooks")
        }
        guard let node = root["webhooks"], !node.value.isNull else { return [] }
        guard let webhooks = node.entries else {
            report("'webhooks' is a mapping of names to webhooks", at: node.mark)
            return []
        }
        return webhooks.compactMap { webhook($0) }
    }

    private mutating func webhook(_ entry: Node.Entry) -> Webhook? {
        guard let name = entry.key.value.string, !name.isEmpty, !name.contains(","), let keys = entry.value.entries
        else {
            report("a webhook has a name and a mapping", at: entry.key.mark, "give it at least 'url'")
            return nil
        }
        var webhook = Webhook(name: name, mark: entry.key.mark, address: .written(""))
        var addresses = 0
        for key in keys {
            switch key.key.value.string ?? "" {
            case "url":
                addresses += 1
                if let text = key.value.value.string {
                    webhook.address = .written(text)
                } else {
                    report("'url' is a text", at: key.value.mark)
                }
            case "url_from":
                addresses += 1
                if let path = path(key.value, "url_from") { webhook.address = .vault(path) }
            case "events": webhook.events = events(key.value)
            case "key": webhook.key = path(key.value, "key")
            case "timeout": webhook.timeout = number(key.value, "timeout", 1...300) ?? webhook.timeout
            case "retries": webhook.retries = number(key.value, "retries", 0...20) ?? webhook.retries
            case "insecure":
                if let flag = key.value.value.bool {
                    webhook.isInsecure = flag
                } else {
                    report("'insecure' is yes or no", at: key.value.mark)
                }
            default: unknown(key.key, among: Self.keys, in: "webhook '\(name)'")
            }
        }
        if addresses != 1 {
            report(
                "webhook '\(name)' needs one of 'url' and 'url_from'", at: entry.key.mark,
                "write  url: https://…  or  url_from: provider.field")
        }
        if case .written(let text) = webhook.address, addresses == 1,
            let problem = WebhookAddress.problem(of: text, isInsecure: webhook.isInsecure)
        {
            report("webhook '\(name)': \(problem.what)", at: entry.value["url"]?.mark ?? entry.key.mark, problem.remedy)
        }
        return webhook
    }

    private mutating func events(_ node: Node) -> Set<HookEvent> {
        var events: Set<HookEvent> = []
        for item in node.items ?? [node] {
            let name = item.value.string ?? ""
            if let event = HookEvent(rawValue: name) {
                if Webhook.events.contains(event) {
                    events.insert(event)
                } else {
                    report("'\(name)' is sent to executables only", at: item.mark, "put one into config/hooks/\(name)")
                }
                continue
            }
            let near = Spelling.nearest(to: name, among: Webhook.events.map(\.rawValue).sorted())
            report(
                "there is no event '\(name)'", at: item.mark,
                near.map { "did you mean '\($0)'?" }
                    ?? "there are: \(Webhook.events.map(\.rawValue).sorted().joined(separator: ", "))")
        }
        return events
    }

    private mutating func path(_ node: Node, _ key: String) -> Webhook.VaultPath? {
        let parts = (node.value.string ?? "").split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) {
            return Webhook.VaultPath(provider: parts[0], fields: Array(parts.dropFirst()))
        }
        // What was written here instead may be the secret itself.
        report(
            "'\(key)' names a field of the vault", at: node.mark,
            "write it as provider.field, and put the value there with comfyfleet vault set")
        return nil
    }

    private mutating func number(_ node: Node, _ key: String, _ range: ClosedRange<Int>) -> Int? {
        if let number = node.value.int, range.contains(number) { return number }
        report("'\(key)' is a number from \(range.lowerBound) to \(range.upperBound)", at: node.mark)
        return nil
    }

    private mutating func unknown(_ key: Node, among keys: [String], in place: String) {
        let name = key.value.string ?? ""
        report(
            "unknown key '\(name)' in \(place)", at: key.mark,
            Spelling.nearest(to: name, among: keys).map { "did you mean '\($0)'?" })
    }
}

enum WebhookAddress {
    /// What is wrong with an address; it is not in the words.
    static func problem(of text: String, isInsecure: Bool) -> (what: String, remedy: String)? {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix), text.count > scheme.count,
            !text.contains(where: \.isWhitespace)
        else {
            return ("its address is none of the web", "write https://host/path")
        }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // It would be in the way of seeing which host is meant, and a password has no place here.
        guard !authority.contains("@"), !authority.isEmpty else {
            return ("its address holds a user or no host", "write https://host/path")
        }
        if scheme == "https://" || isInsecure { return nil }
        let host =
            authority.hasPrefix("[") ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
        if host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.allSatisfy({ $0 == "." || $0.isASCII && $0.isNumber })
        {
            return nil
        }
        return ("its address has no TLS, and is not this machine's", "write https://, or say insecure: yes")
    }
}
