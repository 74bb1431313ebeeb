import Playbook
import Remote
import YAML

/// Installs and removes packages of Node.js by the host's npm.
struct Npm: Module {
    static let spec = ModuleSpec(
        "npm", collection: "community.general", summary: "Installs and removes packages of Node.js by the host's npm.",
        options: [
            .init("name", .string, help: "The package; left out, what the path's package.json asks for."),
            .init("path", .path, help: "Folder to install into, with package.json; it is made when it is missing."),
            .init("version", .string, help: "The package's version."),
            .init(
                "state", .string, choices: ["absent", "latest", "present"], default: .string("present"),
                help: "What shall be."),
            .init("global", .bool, default: .bool(false), help: "Install for all of the host."),
            .init("production", .bool, default: .bool(false), help: "Leave out what only development needs."),
            .init(
                "ci", .bool, default: .bool(false), help: "Install exactly what package-lock.json says, as npm ci does."
            ),
            .init("executable", .path, help: "The npm to use."),
            .init("registry", .string, help: "Address of the registry."),
            .init("force", .bool, default: .bool(false), help: "npm's --force."),
            .init("ignore_scripts", .bool, default: .bool(false), help: "Run no scripts of packages."),
            .init("no_bin_links", .bool, default: .bool(false), help: "Make no links to programs."),
            .init("no_optional", .bool, default: .bool(false), help: "Leave out optional packages."),
            .init("unsafe_perm", .bool, default: .bool(false), help: "npm's --unsafe-perm."),
        ])
    static let reference = ModuleReference(
        notes:
            "When every package is there in the version that is wanted, npm is asked for its list and not started again; `ci` installs anew each time, as `npm ci` does.",
        example: """
            - npm:
                path: /opt/comfyvn/gui          # with a package.json
                ci: true
            - npm: { name: pm2, version: 6.0.8, global: true }
            """,
        returns: ModuleReference.program,
        differences: [
            "where the version is a range, or the name an address, what npm's list says before and after is whether it changed"
        ])

    static let isSafeToEnd = false

    private let arguments: Arguments
    private let name: String?, version: String?
    private let state: String
    private let folder: String?
    private let program: [String]
    private let isGlobal: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        name = arguments.string("name")
        version = arguments.string("version")
        state = try arguments.required("state")
        isGlobal = arguments.bool("global")
        folder = try arguments.path("path")
        program = try arguments.path("executable").map(CommandLine.split) ?? ["npm"]
        if folder == nil, !isGlobal { throw ModuleFailure("path must be specified when not using global") }
        if name == nil, state == "absent" || isGlobal && !arguments.bool("ci") {
            throw ModuleFailure("name is required when state is absent, or with global")
        }
        for text in [name, version].compactMap({ $0 }) where text.hasPrefix("-") || text.isEmpty {
            throw ModuleFailure("'\(text)' is not a package's name or version")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let place: String? = if let folder { try await host.resolve(folder) } else { nil }
        let seen = try await observe(place, on: host)
        var result = ModuleResult()
        guard let words = words(for: seen) else { return result }
        result.changed = true
        let done = try await host.change("run npm") { host in
            let make: ShellScript = place.map { "mkdir -p -- \($0) || exit\n" } ?? ""
            return try await host.attemptLong(
                "\(shell: make)\(shell: enter(place))exec \(program + words) </dev/null\n")
        }
        guard let done else { return result }
        guard done.status == 0 else {
            throw ModuleFailure(
                "npm failed: \(Lines.withoutEmptyEnd(done.errorOutput.isEmpty ? done.output : done.errorOutput))",
                done.registered)
        }
        result.values = done.registered
        // An address or a range of versions says nothing of what is there: the list does.
        if isSaidByList { result.changed = try await observe(place, on: host).packages != seen.packages }
        return result
    }

    // MARK: What is there

    private struct Seen: Sendable {
        /// Name to version; nil for what is missing or does not fit.
        var packages: [String: String?] = [:]
        var isOutdated = false
    }

    private func enter(_ place: String?) -> ShellScript { place.map { "cd -- \($0) || exit\n" } ?? "" }

    private func observe(_ place: String?, on host: ManagedHost) async throws -> Seen {
        let scope = (isGlobal ? ["--global"] : []) + (arguments.bool("production") ? ["--production"] : [])
        let outdated: ShellScript =
            state == "latest"
            ? "\(program) outdated --json \(scope + registry + (name.map { [$0] } ?? [])) </dev/null\n" : ""
        let missing: ShellScript =
            place.map {
                "[ -e \($0) ] || { printf '{}\\000{}'; exit 0; }\n[ -d \($0) ] || { echo \("path \($0) is not a directory") >&2; exit 9; }\n"
            } ?? ""
        // npm's own status says that something is missing, which is an answer.
        let answer = try await host.observeLong(
            """
            command -v \(program.first ?? "npm") >/dev/null || { echo \("there is no \(program.first ?? "npm") on this host") >&2; exit 9; }
            \(shell: missing)\(shell: enter(place))\(program) ls --json --depth=0 \(scope) </dev/null
            printf '\\000'
            \(shell: outdated):

            """)
        guard answer.status == 0, answer.records.count == 2 else { throw ModuleFailure(answer.complaint) }
        var seen = Seen()
        for (key, package) in try Self.json(answer.records[0])["dependencies"]?.map?.pairs ?? [:] {
            guard let name = key.string, let package = package.map else { continue }
            let isThere = package["missing"]?.bool != true && package["invalid"] == nil
            seen.packages[name] = .some(isThere ? package["version"]?.string : nil)
        }
        seen.isOutdated = try Self.json(answer.records[1]).pairs.contains { key, package in
            // Without a name, what package.json lets in is wanted; of one package, the newest.
            let current = package.map?["current"]?.string
            return current != package.map?[name == nil ? "wanted" : "latest"]?.string
        }
        return seen
    }

    private static func json(_ text: String) throws -> ValueMap {
        guard text.contains(where: { !$0.isWhitespace }) else { return [:] }
        guard let map = try? JSON.parse(Array(text.utf8)).map else {
            throw ModuleFailure("npm's answer can't be read: \(text.prefix(200))")
        }
        return map
    }

    // MARK: What to do

    private var registry: [String] { arguments.string("registry").map { ["--registry", $0] } ?? [] }
    private var isAddress: Bool {
        name.map {
            $0.contains(":") || $0.hasPrefix(".") || $0.hasPrefix("/") || $0.contains("/") && !$0.hasPrefix("@")
        } ?? false
    }
    private var isPlainVersion: Bool {
        version.map { $0.split(separator: ".").count == 3 && $0.first?.isNumber == true && !$0.contains(" ") } ?? true
    }
    private var isSaidByList: Bool { name != nil && state != "absent" && (isAddress || !isPlainVersion) }

    private var options: [String] {
        var options = isGlobal ? ["--global"] : []
        for (name, option) in [
            ("production", "--production"), ("force", "--force"), ("ignore_scripts", "--ignore-scripts"),
            ("unsafe_perm", "--unsafe-perm"),
            ("no_optional", "--no-optional"), ("no_bin_links", "--no-bin-links"),
        ] where arguments.bool(name) { options.append(option) }
        return options + registry
    }

    /// nil when there is nothing to do.
    private func words(for seen: Seen) -> [String]? {
        let known = name.flatMap { seen.packages[$0] } ?? nil
        if state == "absent" { return known == nil ? nil : ["uninstall"] + options + [name ?? ""] }
        if arguments.bool("ci") { return ["ci"] + options }
        guard let name else {
            if seen.packages.isEmpty && state == "present" { return nil }
            if seen.packages.values.contains(nil) { return ["install"] + options }
            return seen.isOutdated ? ["update"] + options : nil
        }
        if state == "latest" {
            return known == nil || seen.isOutdated || version != nil && known != version
                ? ["install"] + options + ["\(name)@\(version ?? "latest")"] : nil
        }
        if known != nil, !isAddress, version == nil || version == known { return nil }
        return ["install"] + options + [version.map { "\(name)@\($0)" } ?? name]
    }
}
