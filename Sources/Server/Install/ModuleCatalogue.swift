import Glibc
import Playbook
import Redaction
import YAML

/// The remote installer's modules: playbooks that ship, as `comfyfleet playbooks` lists them, as far as clients may run
/// them.
struct ModuleCatalogue: Sendable {
    let commands: Commands
    let limits: ServerSettings.Limits

    struct Module: Sendable {
        let name: String
        let playbook: String
        let summary: String
        /// What can be passed to it, each with `name`, `role`, `default`, `help`, `type`, `elements` and `choices`.
        fileprivate(set) var variables: [ValueMap]
        /// What its roles open to clients, or `config/api.yml` does.
        fileprivate(set) var open: [ClientVariable]
        fileprivate let isForClients: Bool
        /// Whether `modules: "all"` has it.
        let isApplication: Bool

        var runnable: Runnable {
            Runnable(
                path: playbook, open: open,
                closed: Set(variables.compactMap { $0["name"]?.string }).subtracting(open.map(\.name)))
        }

        /// Those of `variables` that clients may set.
        var openVariables: Value {
            .list(
                variables.filter { variable in open.contains { .string($0.name) == variable["name"] } }.map {
                    variable in
                    var shown = variable
                    for name in ["clients", "required"] { shown[name] = nil }
                    return .dict(shown)
                })
        }
    }

    /// Every playbook of the folder, whoever may run it.
    ///
    /// - Throws: `APIError` when there are none, or one of them cannot be read.
    func all() async throws -> [Module] {
        let text = try await commands.output(["playbooks", "--format", "json"], within: limits.look)
        let list = try JSON.parse(Array(text.description.utf8)).list ?? []
        return list.compactMap(\.map).compactMap { entry in
            guard let name = entry["name"]?.string, let path = entry["path"]?.string else { return nil }
            let variables = (entry["variables"]?.list ?? []).compactMap(\.map)
            return Module(
                name: name, playbook: path, summary: entry["summary"]?.string ?? name, variables: variables,
                open: variables.filter { $0["clients"]?.bool == true }.map(Self.variable),
                isForClients: entry["clients"]?.bool ?? false, isApplication: entry["application"]?.bool ?? false)
        }
    }

    /// Where the playbooks are, without what is in them: whatever a client looks at is compared with those of its
    /// token, so no process is started for it.
    ///
    /// - Returns: nil when there are none.
    func files() -> PlaybookCatalogue? {
        var environment: [String: String] = [:]
        if let folder = getenv(PlaybookCatalogue.variable) {
            environment[PlaybookCatalogue.variable] = String(cString: folder)
        }
        return try? PlaybookCatalogue.find(
            environment: environment, program: FileSystem.real(commands.program) ?? commands.program)
    }

    /// Those that clients may run: the ones whose roles open them (`meta/api.yml`), or those that `config/api.yml`
    /// lists.
    ///
    /// - Throws: `APIError`; `Diagnostics` for what is wrong with `config/api.yml`.
    func modules() async throws -> [Module] {
        let rules = try await blocking { try APIRules() }
        let all = try await all()
        guard let listed = rules.installers else { return all.filter(\.isForClients) }
        var modules: [Module] = []
        var problems: [Diagnostic] = []
        for rule in listed {
            guard var module = all.first(where: { $0.name == rule.name }) else {
                problems.append(
                    Diagnostic(
                        "there is no installer '\(rule.name)'", at: rule.mark,
                        remedy: Spelling.nearest(to: rule.name, among: all.map(\.name)).map { "did you mean '\($0)'?" }
                            ?? "see comfyfleet playbooks"))
                continue
            }
            if let variables = rule.variables {
                module.open = []
                for variable in variables {
                    let known = module.variables.first { $0["name"] == .string(variable.name) }
                    // A playbook without roles describes nothing; then this file's word is all that there is.
                    guard known != nil || variable.spec != nil || module.variables.isEmpty else {
                        problems.append(
                            Diagnostic(
                                "the installer \(rule.name) takes no '\(variable.name)'",
                                at: rule.marks[variable.name] ?? rule.mark,
                                remedy: Spelling.nearest(
                                    to: variable.name, among: module.variables.compactMap { $0["name"]?.string }
                                ).map { "did you mean '\($0)'?" } ?? "see comfyfleet playbooks \(rule.name)"))
                        continue
                    }
                    module.open.append(variable.spec == nil ? known.map(Self.variable) ?? variable : variable)
                }
            }
            modules.append(module)
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return modules
    }

    /// As the role describes it. What a role requires may come from the inventory, too, so it is not asked for here.
    private static func variable(_ map: ValueMap) -> ClientVariable {
        let name = map["name"]?.string ?? ""
        var option: ValueMap = [:]
        for key in ["type", "elements", "choices"] { option[key] = map[key] }
        return ClientVariable(
            name: name, spec: map["type"]?.string == nil ? nil : try? ArgumentSpec([name: .dict(option)]))
    }

    /// The modules of these names, in any case, in this order.
    ///
    /// - Parameter field: of the request, that has them.
    /// - Throws: `APIError` when some are unknown; it names those that there are.
    func modules(named names: [String], field: RedactedText = "modules") async throws -> [Module] {
        let all = try await modules()
        let chosen = names.compactMap { name in all.first { $0.name.lowercased() == name.lowercased() } }
        guard chosen.count == names.count else {
            throw APIError(
                .unprocessableContent,
                [
                    "\(field): the server does not know \(RedactedText.part(names.count - chosen.count, of: names.count, "name")); known are: \(RedactedText(all.map(\.name).joined(separator: ", "), secrets: commands.secrets))"
                ])
        }
        return chosen
    }

    /// What `modules: "all"` stands for: the applications.
    func applications() async throws -> [Module] {
        let applications = try await modules().filter(\.isApplication)
        guard !applications.isEmpty else {
            throw APIError(
                .unprocessableContent, ["modules: no application is among the installers that clients may run"])
        }
        return applications
    }

    /// A playbook that clients may run, by an installer's name or by its path, and what they may set for it.
    struct Runnable: Sendable {
        var path: String
        var open: [ClientVariable]
        /// What it takes, and clients may not set; nil for everything that is not open, as for a site's playbook, which
        /// describes nothing.
        var closed: Set<String>?

        fileprivate func closes(_ name: String) -> Bool { closed?.contains(name) ?? !open.contains { $0.name == name } }
    }

    /// What clients may set for a run of all these. Variables hold for the whole of it, so what one opens counts for
    /// nothing where another keeps it closed.
    static func open(for runnables: [Runnable]) -> [ClientVariable] {
        runnables.flatMap(\.open).filter { variable in !runnables.contains { $0.closes(variable.name) } }
    }

    /// Each by the catalogue's or the rule's own path, however a client spells it: records and the trail then have one
    /// name for a playbook.
    ///
    /// - Parameter isName: whether a text is a name; anything else is a path.
    /// - Throws: `APIError` for what clients may not run.
    func runnables(_ playbooks: [String], isName: (String) -> Bool) async throws -> [Runnable] {
        let rules = try await blocking { try APIRules() }
        let names = playbooks.filter(isName)
        let named = names.isEmpty ? [] : try await modules(named: names, field: "playbook")
        var runnables: [Runnable] = []
        var refused = 0
        var open: [Module]?
        for playbook in playbooks {
            if isName(playbook) {
                if let module = named.first(where: { $0.name.lowercased() == playbook.lowercased() }) {
                    runnables.append(module.runnable)
                }
            } else if let rule = rules.playbook(at: playbook) {
                runnables.append(Runnable(path: rule.name, open: rule.variables ?? [], closed: nil))
            } else {
                // An installer may be named by its file, too. Where there are none, a site's playbooks are all that
                // there is.
                if open == nil { open = (try? await modules()) ?? [] }
                if let module = open?.first(where: { FileSystem.real($0.playbook) == FileSystem.real(playbook) }) {
                    runnables.append(module.runnable)
                } else {
                    refused += 1
                }
            }
        }
        if refused > 0 {
            throw APIError(
                .unprocessableContent,
                [
                    "playbook: clients may not run \(RedactedText.part(refused, of: playbooks.count, "playbook")); \(RedactedText(APIRules.file, secrets: commands.secrets)) lists those that they may"
                ])
        }
        return runnables
    }
}
