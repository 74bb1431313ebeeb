import Playbook
import Support
import YAML

/// A request that the host's curl makes (or, for a plain download, its wget): what get_url, uri and unarchive have in
/// common.
///
/// Address, headers and passwords reach them on standard input, never as arguments that other users of the host could
/// list; only a wget that is not GNU's has an address
/// without query and user as an argument.
struct WebRequest: Sendable {
    static func options(userAlias: String) -> [ModuleSpec.Option] {
        [
            .init("url", .string, required: true, help: "http, https, ftp or file address."),
            .init("timeout", .int, help: "Seconds to wait for the connection, and for more data (get_url 10, uri 30)."),
            .init("headers", .dict, help: "Header lines to send."),
            .init("url_username", .string, aliases: [userAlias], help: "User for basic authentication."),
            .init("url_password", .string, aliases: ["password"], help: "Password for basic authentication."),
            .noEffect(
                "force_basic_auth", .bool, default: .bool(false), because: "user and password are always sent at once"),
            .init("validate_certs", .bool, default: .bool(true), help: "Check the server's certificate."),
            .init("ca_path", .path, help: "Certificates of the host to trust, a PEM file."),
            .init("client_cert", .path, help: "The host's own certificate, a PEM file."),
            .init("client_key", .path, help: "Its key, when that is in another file."),
            .init("use_proxy", .bool, default: .bool(true), help: "Use the proxy of the environment."),
            .init("http_agent", .string, default: .string("comfyfleet"), help: "What to call itself."),
        ]
    }

    /// Where all that have headers differ from Ansible.
    static let differences = [
        "a header's value with a line end is refused also where a blank follows it; so are control characters in user and password"
    ]

    let url: String
    /// Seconds.
    let timeout: Int
    private let arguments: Arguments

    init(_ arguments: Arguments, timeout: Int) throws {
        self.arguments = arguments
        self.timeout = max(1, arguments.int("timeout") ?? timeout)
        url = try Self.checked(arguments.required("url"))
        for (key, value) in arguments.map("headers")?.pairs ?? [:] {
            let name = ArgumentBinder.text(key)
            // After an @, curl takes what follows for a file with headers.
            guard let first = name.unicodeScalars.first, first != " ", first != "@",
                !name.unicodeScalars.contains(where: { $0 == ":" || $0 == "\t" }), !Self.holdsControl(name)
            else {
                throw ModuleFailure("'\(name)' is not the name of a header")
            }
            guard !Self.holdsControl(ArgumentBinder.text(value)) else {
                throw ModuleFailure("the value of the header '\(name)' holds a line end or another control character")
            }
        }
        for name in ["http_agent", "url_username", "url_password"]
        where arguments.string(name).map(Self.holdsControl) == true {
            throw ModuleFailure("'\(name)' holds a line end or another control character")
        }
        for name in ["ca_path", "client_cert", "client_key"] { _ = try arguments.path(name) }
    }

    /// A line end in a header's line begins another header, or another request; in a name or password of FTP, another
    /// command.
    private static func holdsControl(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7f }
    }

    /// An address alone, for a plain download.
    init(url: String) throws {
        arguments = Arguments([:])
        timeout = 30
        self.url = try Self.checked(url)
    }

    private static func checked(_ url: String) throws -> String {
        guard !url.isEmpty, !url.hasPrefix("-"), !url.unicodeScalars.contains(where: { $0.value < 0x20 || $0 == "\"" })
        else { throw ModuleFailure("'\(url)' is not an address") }
        return url
    }

    /// The last part of the address.
    var name: String {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        let name = Path.name(String(path))
        return name.isEmpty ? "index.html" : name
    }

    /// Of a `file:` address.
    var localFile: String? { url.hasPrefix("file://") ? String(url.dropFirst(7)) : nil }

    // MARK: curl

    /// A text in curl's configuration.
    static func quoted(_ text: String) -> String {
        let escaped = text.escaping { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            default: nil
            }
        }
        return "\"" + escaped + "\""
    }

    /// For `curl -K -`.
    var configuration: String {
        func flag(_ name: String) -> Bool { arguments.optionalBool(name) ?? true }
        var lines = [
            "url = \(Self.quoted(url))", "user-agent = \(Self.quoted(arguments.string("http_agent") ?? "comfyfleet"))",
            "connect-timeout = \(timeout)", "speed-limit = 1", "speed-time = \(max(timeout, 30))",
        ]
        for (key, value) in arguments.map("headers")?.pairs ?? [:] {
            lines.append("header = \(Self.quoted("\(ArgumentBinder.text(key)): \(ArgumentBinder.text(value))"))")
        }
        if let user = arguments.string("url_username") {
            lines.append("user = \(Self.quoted("\(user):\(arguments.string("url_password") ?? "")"))")
        }
        if !flag("validate_certs") { lines.append("insecure") }
        if !flag("use_proxy") { lines.append("noproxy = \"*\"") }
        for (option, name) in [("cacert", "ca_path"), ("cert", "client_cert"), ("key", "client_key")] {
            if let file = arguments.string(name) { lines.append("\(option) = \(Self.quoted(file))") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Puts what the address holds into the file `$cf_new`, and HTTP's status into `$cf_code`. `configuration` is its
    /// standard input.
    ///
    /// - Parameter known: a file that is fetched again only when the server's is newer.
    func download(unlessAsNewAs known: String? = nil) -> ShellScript {
        if let localFile { return "cat -- \(localFile) 2>&1 >\"$cf_new\"; " }
        let condition = known.map { ["-z", $0.hasPrefix("/") ? $0 : "./" + $0] } ?? []
        // wget reads addresses from standard input, but neither headers nor passwords. Others than GNU's, such as
        // busybox's, read none: an argument would show other users a token in it.
        let isPlain = ["headers", "url_username", "url_password", "ca_path", "client_cert"].allSatisfy {
            arguments.map[$0] == nil
        }
        let wget: ShellScript =
            isPlain
            ? "elif wget --version </dev/null 2>/dev/null | grep -q 'GNU Wget'; then \(shell: Self.configuredAddress) | wget -q -T \(unquotedNumber: timeout) \(arguments.optionalBool("validate_certs") ?? true ? [] : ["--no-check-certificate"]) -O \"$cf_new\" -i -\n"
            : ""
        // Others get an address as an argument only where it has no place for a word: neither a query nor a user.
        let otherWget: ShellScript =
            isPlain && !url.contains("?") && !url.contains("@")
            ? "elif command -v wget >/dev/null; then wget -q -T \(unquotedNumber: timeout) \(arguments.optionalBool("validate_certs") ?? true ? [] : ["--no-check-certificate"]) -O \"$cf_new\" \(url) </dev/null\n"
            : ""
        return """
            if command -v curl >/dev/null; then cf_code=$(curl -fsSL \(condition) -w '%{http_code}' -o "$cf_new" -K -) || { cf_status=$?; [ $cf_status != 23 ] || \(shell: Self.whyNotWritten("$cf_new")) >&2; (exit $cf_status); }
            \(shell: wget)\(shell: otherWget)else echo 'there is no curl on this host (nor a wget that would do: GNU wget takes addresses with a query or a user, none takes headers and passwords)' >&2; false
            fi

            """
    }

    /// Prints the address, which is the first line of the configuration on standard input; of what is escaped, only
    /// backslashes can be in it.
    private static let configuredAddress: ShellScript = #"sed -n '1{s/^url = "//;s/"$//;s/\\\\/\\/g;p;q;}'"#

    /// Prints why a file can't be written: curl only says that it can't.
    static func whyNotWritten(_ file: ShellScript) -> ShellScript {
        "{ cf_t=$(head -c 1048576 /dev/zero 2>&1 >>\"\(shell: file)\") || printf '%s: %s\\n' \"\(shell: file)\" \"${cf_t##*: }\"; }"
    }
}
