import Credentials
import Playbook
import Templating
import YAML

/// For the dry run of credentials: what plays say of their hosts' connections before any task has run.
extension FleetRun {
    package struct PlayConnection: Sendable {
        package var play: String
        package var host: String
        package var overrides: ConnectionOverrides?
        package var keywords: ConnectionKeywords?
        /// Why a variable's value is not known yet.
        package var unknown: String?
    }

    /// Of the plays whose variables or keywords say something; what tasks add to that is not among it.
    package func connections() -> [PlayConnection] {
        let fleet = FleetVariables(inventory, extra: options.extraVariables, constants: [:], templar: templar)
        return playbooks.flatMap(\.plays).flatMap { play in
            let variables = PlayVariables(
                play.play, files: play.files, filesByHost: play.filesByHost, folder: play.folder, allHosts: play.hosts,
                batch: play.hosts, gone: [], includes: play.includes)
            return play.hosts.compactMap { connection(to: $0, play, variables, fleet) }
        }
    }

    /// To be called before a batch begins.
    func prepare(
        _ hosts: [String], of play: PlannedPlay, _ variables: PlayVariables, on fleet: FleetVariables,
        in connections: any FleetConnections
    ) {
        guard variables.saysConnection else { return }
        connections.prepare(
            hosts.compactMap { name in
                guard let overrides = connection(to: name, play, variables, fleet)?.overrides else { return nil }
                var request = ShellRequest(host: name)
                request.overrides = overrides
                return request
            })
    }

    private func connection(
        to name: String, _ play: PlannedPlay, _ variables: PlayVariables, _ fleet: FleetVariables
    ) -> PlayConnection? {
        let host = fleet.host(name)
        let scope = TaskScope(
            host: host, fleet: fleet, play: variables, hostFiles: [], taskVariables: [:],
            checkMode: options.checkMode, diffMode: options.diffMode)
        var found = PlayConnection(play: play.title, host: name)
        do {
            found.overrides = try TaskConnection(to: host, in: scope, isSaid: variables.saysConnection) {
                try templar.render($0, in: scope)
            }.overrides()
        } catch let fault as TaskFault { found.unknown = fault.message } catch { found.unknown = "\(error)" }
        func said(_ keyword: Located<Value>?) -> Value? { keyword.flatMap { try? templar.render($0.value, in: scope) } }
        var keywords = ConnectionKeywords()
        keywords.user = said(play.play.keywords.remoteUser)?.string
        keywords.port = said(play.play.keywords.port).flatMap(KeywordSpec.number).flatMap { Int(exactly: $0) }
        if keywords != ConnectionKeywords() { found.keywords = keywords }
        return found.overrides == nil && found.keywords == nil && found.unknown == nil ? nil : found
    }
}
