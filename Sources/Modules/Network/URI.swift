import Playbook
import Remote
import YAML

/// Makes an HTTP request from the host: a health check, or a call of an API.
struct URI: Module {
    static let spec = ModuleSpec(
        "uri", summary: "Makes an HTTP request from the host.",
        options: [
            .init("method", .string, default: .string("GET"), help: "GET, POST, PUT, …"),
            .init("body", .raw, help: "What to send: a text, or a mapping for body_format."),
            .init(
                "body_format", .string, choices: ["form-urlencoded", "json", "raw"], default: .string("raw"),
                help: "How to write the body; sets Content-Type, too."),
            .init("src", .path, help: "File of the host to send as the body."),
            .init("remote_src", .bool, default: .bool(true), help: "src is on the host; the only way."),
            .init("return_content", .bool, default: .bool(false), help: "Return the body as content."),
            .init(
                "status_code", .list, elements: .int, default: .list([.int(200)]), help: "Statuses that are no failure."
            ),
            .init(
                "follow_redirects", .string, choices: ["all", "no", "none", "safe", "urllib2", "yes"],
                default: .string("safe"),
                help: "Whether to follow redirections to another address; safe: for GET and HEAD."),
            .init("dest", .path, help: "Where to keep the body; a folder gets it under the address's name."),
            .init("creates", .path, help: "Don't ask when this exists."),
            .init("removes", .path, help: "Don't ask unless this exists."),
            .init("unix_socket", .path, help: "Socket of the host to ask through."),
            .init("force", .bool, default: .bool(false), help: "Ask caches on the way not to answer."),
        ] + WebRequest.options(userAlias: "user") + FileAttributes.options, mutuallyExclusive: [["body", "src"]])
    static let reference = ModuleReference(
        notes:
            "The host's curl does it; address, headers, passwords and body reach it on standard input. In check mode it is skipped.",
        example: """
            - uri:
                url: http://127.0.0.1:8188/system_stats
                return_content: true
              register: stats
              until: stats.status == 200
              retries: 30
              delay: 2
            """,
        returns: [
            .init("status", "The server's status; negative when there was no answer."),
            .init("url", "The address that answered."),
            .init("redirected", "Whether the server has sent on to another address."),
            .init("elapsed", "Seconds that it took."),
            .init("content", "The answer's text: with return_content, or when the status is not an expected one."),
            .init("json", "The answer's value, when it is JSON."),
            .init("path", "The file that dest made."),
            .init("content_type", "The header of this name; every other one, too, in lower case and with underscores."),
        ],
        differences: WebRequest.differences)

    /// What is registered of a body when it is not asked for, at most.
    private static let shownBytes = 1 << 20

    private let arguments: Arguments
    private let request: WebRequest
    private let method: String
    private let expected: [Int]
    private let attributes: FileAttributes
    var isRepeatable: Bool {
        ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method) || arguments.string("creates") != nil
            || arguments.string("removes") != nil
    }

    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        request = try WebRequest(self.arguments, timeout: 30)
        method = try self.arguments.required("method").uppercased()
        expected = (arguments["status_code"]?.list ?? []).compactMap(\.int)
        attributes = FileAttributes(self.arguments)
        guard !method.isEmpty, method.allSatisfy({ $0.isASCII && $0.isLetter }) else {
            throw ModuleFailure("Parameter 'method' needs to be a single word in uppercase, like GET or POST.")
        }
        guard self.arguments.bool("remote_src") else {
            throw ModuleFailure("src is a file of the host; copy it there first")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        if let (reason, _) = try await RunCondition(
            creates: arguments.path("creates"), removes: arguments.path("removes")
        ).reasonNotToRun(on: host) {
            result.skipped = true
            result.message = "skipped, since \(reason)"
            return result
        }
        let configuration = try configuration()
        guard
            let done = try await host.change(
                "ask \(request.url)", { try await $0.attemptLong(script, stdin: .bytes(Array(configuration.utf8))) })
        else {
            result.skipped = true
            result.message = "remote module (ansible.builtin.uri) does not support check mode"
            return result
        }
        let answer = try Answer(done)
        result.values = answer.values
        result.values["url"] = .string(answer.url.isEmpty ? request.url : answer.url)
        let text = String(decoding: answer.body, as: UTF8.self)
        if answer.headers["content_type"]?.string?.contains("json") == true, let json = try? JSON.parse(answer.body) {
            result.values["json"] = json
        }
        let isExpected = expected.contains(answer.status)
        if arguments.bool("return_content") || !isExpected { result.values["content"] = .string(text) }
        guard isExpected else {
            let reason =
                answer.status < 0
                ? "Request failed: \(answer.complaint)" : "HTTP Error \(answer.status): \(answer.reason)"
            throw ModuleFailure("Status code was \(answer.status) and not \(expected): \(reason)", result.values)
        }
        result.message = "OK (\(answer.size) bytes)"
        if let kept = answer.kept {
            result.values["path"] = .string(kept.path)
            result.changed = kept.isNew
            try await result.apply(
                attributes.resolved(kept.attributes, seen: kept.status, path: kept.path), kept.path, kept.status,
                on: host)
        }
        return result
    }

    // MARK: What is asked

    /// For `curl -K -`.
    private func configuration() throws -> String {
        var text = request.configuration
        func add(_ option: String, _ value: String) throws {
            // curl's configuration has no way to write one: the rest of the line would be lost, and its quote stay
            // open.
            guard !value.utf8.contains(0) else {
                throw ModuleFailure(
                    "the request's body holds a NUL character, which curl cannot be given; send a file of the host with 'src'"
                )
            }
            text += "\(option) = \(WebRequest.quoted(value))\n"
        }
        let given = (arguments.map("headers")?.names ?? []).map { $0.lowercased() }
        func addType(_ type: String) throws {
            if !given.contains("content-type") { try add("header", "Content-Type: \(type)") }
        }
        if method == "HEAD" { text += "head\n" } else { try add("request", method) }
        if let body = arguments.map["body"] {
            switch (arguments.string("body_format"), body) {
            case ("json", .string(let written, _)):
                try addType("application/json")
                try add("data-raw", written)
            case ("json", _):
                try addType("application/json")
                try add("data-raw", JSON.text(body))
            case ("form-urlencoded", .dict(let fields)):
                try addType("application/x-www-form-urlencoded")
                try add(
                    "data-raw",
                    fields.pairs.flatMap { key, value in
                        (value.list ?? [value]).map {
                            Self.encoded(ArgumentBinder.text(key)) + "=" + Self.encoded(ArgumentBinder.text($0))
                        }
                    }.joined(separator: "&"))
            case ("form-urlencoded", _):
                try addType("application/x-www-form-urlencoded")
                try add("data-raw", ArgumentBinder.text(body))
            case (_, .dict), (_, .list): try add("data-raw", JSON.text(body))
            default: try add("data-raw", ArgumentBinder.text(body))
            }
        } else if let file = try arguments.path("src") {
            try add("data-binary", "@" + file)
        }
        if let socket = try arguments.path("unix_socket") { try add("unix-socket", socket) }
        if arguments.bool("force") { try add("header", "Cache-Control: no-cache") }
        switch arguments.string("follow_redirects") {
        case "all", "yes", "urllib2": text += "location\n"
        case "safe" where method == "GET" || method == "HEAD": text += "location\n"
        default: break
        }
        return text
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            if byte < 0x80,
                scalar.properties.isAlphabetic || (0x30...0x39).contains(byte) || "-._~".unicodeScalars.contains(scalar)
            {
                return String(Character(scalar))
            }
            return byte == 0x20 ? "+" : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private var script: ShellScript {
        let good = expected.map(String.init).joined(separator: "|")
        var keep: ShellScript = "printf '\\000\\000\\000\\000\\000\\000'\n"
        if let destination = arguments.string("dest") {
            keep = """
                case $cf_code in \(shell: ShellScript(stringLiteral: good.isEmpty ? "none" : good))) ;; *) cf_status=9 ;; esac
                if [ "$cf_status" = 0 ]; then
                  cf_path=\(shell: .expanding(destination)); if [ -d "$cf_path" ]; then cf_path=${cf_path%/}/\(request.name); fi
                  cf_new=no
                  if ! cmp -s "$cf_folder/body" "$cf_path"; then
                    cf_new=yes
                    cf_file=$(mktemp "$cf_path.XXXXXXXX") || exit
                    cf_t=$(cat "$cf_folder/body" 2>&1 >"$cf_file") || { rm -f -- "$cf_file"; printf 'could not write %s: %s\\n' "$cf_path" "${cf_t##*: }" >&2; exit 1; }
                    if [ -e "$cf_path" ]; then chmod -- "$(stat -c %a "$cf_path")" "$cf_file"; else umask 022; chmod 0644 "$cf_file"; fi
                    mv -f -- "$cf_file" "$cf_path" || exit
                  fi
                  printf '%s\\000%s\\000' "$cf_path" "$cf_new"; cf_stat "$cf_path"
                  \(shell: attributes.observation)
                else printf '\\000\\000\\000\\000\\000\\000'; fi

                """
        }
        return """
            command -v curl >/dev/null || { echo 'there is no curl on this host, which uri needs' >&2; exit 1; }
            cf_folder=$(umask 077; mktemp -d "${TMPDIR:-/tmp}/comfyfleet.XXXXXXXX") || exit
            trap 'rm -rf -- "$cf_folder"' EXIT
            : >"$cf_folder/head"; : >"$cf_folder/body"
            cf_said=$(curl -sS -D "$cf_folder/head" -o "$cf_folder/body" -w '%{http_code} %{num_redirects} %{time_total} %{url_effective}' -K - 2>"$cf_folder/errors")
            cf_status=$?; cf_code=${cf_said%% *}
            printf '%s %s\\000' "$cf_status" "$cf_said"; cat "$cf_folder/errors"; [ "$cf_status" != 23 ] || \(shell: WebRequest.whyNotWritten("$cf_folder/body")); printf '\\000'; cat "$cf_folder/head"; printf '\\000'; wc -c <"$cf_folder/body"; printf '\\000'
            \(shell: keep)\(shell: arguments.bool("return_content") ? "cat \"$cf_folder/body\"" : "head -c \(unquotedNumber: Self.shownBytes) \"$cf_folder/body\"")

            """
    }

    // MARK: What is answered

    private struct Answer {
        /// HTTP's; -1 when there was none.
        var status: Int
        var url: String, reason = "", complaint: String
        var size: Int
        var headers = ValueMap()
        var body: [UInt8]
        var values = ValueMap()
        /// Where `dest` has it.
        var kept: (path: String, isNew: Bool, status: FileStatus, attributes: [String])?

        init(_ done: CallResult) throws {
            let parts = done.stdout.split(separator: 0, maxSplits: 10, omittingEmptySubsequences: false)
            guard done.status == 0, parts.count == 11 else { throw ModuleFailure(done.complaint) }
            let texts = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
            let fields = texts[0].split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 4, let code = Int(fields[1]) else {
                throw ModuleFailure("curl answered what it should not: \(texts[0])")
            }
            status = fields[0] == "0" && code > 0 ? code : -1
            complaint = Lines.withoutEmptyEnd(texts[1])
            url = fields.count > 4 ? fields[4] : ""
            size = Int(texts[3].filter(\.isNumber)) ?? 0
            body = Array(parts[10])
            // The last of several answers, when redirections were followed.
            var block: [String] = []
            // CR LF is one Character, at which a text is not split by "\n".
            for scalars in texts[2].unicodeScalars.split(separator: "\n") {
                let line = String(scalars.last == "\r" ? scalars.dropLast() : scalars)
                if line.hasPrefix("HTTP/") { block = [] }
                block.append(line)
            }
            reason = block.first?.split(separator: " ", maxSplits: 2).dropFirst(2).first.map(String.init) ?? ""
            for line in block.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                let name = line[..<colon].lowercased().replacing("-", with: "_")
                let value = String(line[line.index(after: colon)...].drop { $0 == " " })
                headers[name] = .string(headers[name]?.string.map { $0 + ", " + value } ?? value)
            }
            values = headers
            values["status"] = .int(status)
            values["redirected"] = .bool((Int(fields[2]) ?? 0) > 0)
            values["elapsed"] = .int(Int(exactly: (Double(fields[3]) ?? 0).rounded(.towardZero)) ?? 0)
            if !texts[4].isEmpty, let status = PathStatus(record: texts[6])?.reached {
                kept = (texts[4], texts[5] == "yes", status, Array(texts[7...9]))
            }
        }
    }
}
