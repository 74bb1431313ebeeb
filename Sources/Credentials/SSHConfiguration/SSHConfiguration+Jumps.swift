import Glibc

extension SSHHostSettings {
    /// What only ssh's configuration says.
    ///
    /// - Throws: where `ProxyCommand` cannot be run for this host.
    func details() throws(SSHConfigurationError) -> SSHDetails {
        var details = SSHDetails()
        if let command = proxyCommand { details.proxyCommand = try command.get().value }
        details.identitiesOnly = identitiesOnly
        details.agentSocket = identityAgent?.value
        details.hostKeyAlias = hostKeyAlias
        details.knownHostsFiles = userKnownHostsFiles?.value ?? []
        return details
    }

    /// Those of `identityFiles` that are there: ssh passes over the others without a word.
    var presentIdentities: [String] { identityFiles.map(\.value).filter { access($0, R_OK) == 0 } }
}

extension SSHConfiguration {
    private static let mostJumps = 16

    /// The hops that `proxyJump` names, each as `ssh` would reach it. What the first one is reached through itself comes
    /// before it; the others are reached through the one before.
    ///
    /// - Parameters:
    ///   - text: `[user@]host[:port],…`
    ///   - user: for hops without a user of their own, here or in the configuration.
    func jumps(_ text: String, user: String) throws(SSHConfigurationError) -> [Jump] {
        var text: String? = text
        var jumps: [Jump] = []
        while let list = text {
            text = nil
            var hops: [Jump] = []
            for part in list.split(separator: ",") {
                guard let hop = JumpHop(part.trimmingPrefix(while: { $0 == " " })) else {
                    throw SSHConfigurationError(
                        place: nil, problem: "a jump host is not [user@]host[:port]", remedy: "correct it")
                }
                let said = settings(for: hop.host, user: hop.user, port: hop.port)
                var details = try said.details()
                // A later hop is reached through the one before, whatever is said of it alone.
                if !hops.isEmpty { details.proxyCommand = nil } else { text = said.proxyJump?.value }
                hops.append(
                    Jump(
                        address: said.hostNameOrName, port: hop.port ?? said.port.flatMap { Int($0.value) } ?? 22,
                        user: hop.user ?? said.user?.value ?? user, identities: said.presentIdentities, ssh: details))
            }
            jumps = hops + jumps
            guard jumps.count <= Self.mostJumps else {
                throw SSHConfigurationError(
                    place: nil, problem: "the way leads through more than \(Self.mostJumps) jump hosts",
                    remedy: "look for a ProxyJump that leads back to itself in ssh's configuration")
            }
        }
        return jumps
    }
}
