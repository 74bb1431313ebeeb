import Glibc
import Support

/// OpenSSH's client configuration: what `ssh` itself would take for a host that is asked for by its name.
///
/// The first value that is found counts, as in ssh: options of the command line, then `~/.ssh/config`, then
/// `/etc/ssh/ssh_config`. `Match exec` is never run: such a block counts as one that does not match, and is named.
///
///     let configuration = try SSHConfiguration(home: "/home/ann", loginName: "ann")
///     configuration.settings(for: "lab-three").hostName?.value    // "10.0.0.3"
package struct SSHConfiguration: Sendable {
    private var files: [SSHConfigurationFile.Item] = []
    private let home: String
    private let loginName: String
    private let hasFinal: Bool

    /// Nothing is configured, as with `ssh -F none`.
    package init(emptyFor loginName: String, home: String) {
        (self.home, self.loginName, hasFinal) = (home, loginName, false)
    }

    /// - Parameters:
    ///   - file: read instead of the user's and the system's, as with `ssh -F`; `none` reads none.
    ///   - system: `/etc/ssh/ssh_config`, or another in tests.
    /// - Throws: `SSHConfigurationError` with file and line.
    package init(
        file: String? = nil, home: String, loginName: String, system: String = "/etc/ssh/ssh_config"
    ) throws(SSHConfigurationError) {
        self.home = home
        self.loginName = loginName
        var files: [SSHConfigurationFile.Item] = []
        if let file {
            let path = expandingTilde(file, home: home)
            if file.lowercased() != "none" {
                guard access(path, F_OK) == 0 else {
                    throw SSHConfigurationError(
                        place: file, problem: "there is no such file of ssh's configuration", remedy: "correct the path"
                    )
                }
                files = [.include(try SSHConfigurationFile(path: path, folder: "\(home)/.ssh", home: home).items)]
            }
        } else {
            for (path, folder) in [("\(home)/.ssh/config", "\(home)/.ssh"), (system, "/etc/ssh")] {
                files.append(.include(try SSHConfigurationFile(path: path, folder: folder, home: home).items))
            }
        }
        self.files = files
        hasFinal = Self.mentionsFinal(files)
    }

    package var isEmpty: Bool {
        files.allSatisfy { if case .include(let items) = $0 { items.isEmpty } else { false } }
    }

    /// The names of `Host` lines that are no patterns: what people type after `ssh`.
    package var aliases: [String] {
        var names: [String] = []
        func collect(_ items: [SSHConfigurationFile.Item]) {
            for item in items {
                switch item {
                case .include(let items): collect(items)
                case .section(.host(let patterns), _): names += patterns.compactMap(\.literal)
                default: break
                }
            }
        }
        collect(files)
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }
    }

    /// - Parameters:
    ///   - name: what stands after `ssh`: the inventory's address of the host, which may be an alias.
    ///   - user: as whom, where something that goes before the configuration says so.
    ///   - options: of the command line (`-o`), which go before the files.
    package func settings(
        for name: String, user: String? = nil, port: Int? = nil, options: [(name: String, value: String)] = []
    ) -> SSHHostSettings {
        var settings = SSHHostSettings(name: name, home: home, loginName: loginName)
        for (option, value) in options {
            let isCommand = option.lowercased() == "proxycommand"
            let line = isCommand ? [value] : SSHConfigurationFile.words(of: value) ?? [value]
            settings.apply(
                .init(
                    name: option.lowercased(), spelling: option, arguments: line,
                    place: SSHConfigurationPlace(path: "command line", line: 0)))
        }
        settings.userAskedFor = user
        settings.portAskedFor = port
        var isActive = true
        evaluate(files, &settings, &isActive, isFinal: false)
        if hasFinal {
            isActive = true
            evaluate(files, &settings, &isActive, isFinal: true)
        }
        return settings
    }

    private func evaluate(
        _ items: [SSHConfigurationFile.Item], _ settings: inout SSHHostSettings, _ isActive: inout Bool, isFinal: Bool
    ) {
        for item in items {
            switch item {
            case .section(.host(let patterns), _): isActive = GlobPattern.matches(patterns, settings.name)
            case .section(.match(let criteria), let place):
                isActive = matches(criteria, place, &settings, isFinal: isFinal)
            case .directive(let directive): if isActive { settings.apply(directive) }
            case .include(let included):
                // What an included file says counts where its line does; its last block ends with it.
                guard isActive else { continue }
                var isActiveInside = true
                evaluate(included, &settings, &isActiveInside, isFinal: isFinal)
            }
        }
    }

    private func matches(
        _ criteria: [SSHConfigurationFile.Criterion], _ place: SSHConfigurationPlace, _ settings: inout SSHHostSettings,
        isFinal: Bool
    ) -> Bool {
        var isMatching = true
        for criterion in criteria {
            let holds: Bool
            switch criterion.name {
            case "all": holds = true
            case "final": holds = isFinal
            case "canonical": holds = false
            case "host": holds = GlobPattern.matches(criterion.patterns, settings.hostNameOrName)
            case "originalhost": holds = GlobPattern.matches(criterion.patterns, settings.name)
            case "user": holds = GlobPattern.matches(criterion.patterns, settings.effectiveUser)
            case "localuser": holds = GlobPattern.matches(criterion.patterns, loginName)
            default:
                if isMatching { settings.passOver("Match \(criterion.name)", place) }
                return false
            }
            if holds == criterion.isNegated { isMatching = false }
        }
        return isMatching
    }

    private static func mentionsFinal(_ items: [SSHConfigurationFile.Item]) -> Bool {
        items.contains { item in
            switch item {
            case .include(let items): mentionsFinal(items)
            case .section(.match(let criteria), _): criteria.contains { $0.name == "final" }
            default: false
            }
        }
    }
}
