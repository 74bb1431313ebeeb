import ArgumentParser
import Engine
import Remote

/// What to do about links that break, and about other runs on the same hosts.
struct LinkOptions: ParsableArguments {
    /// What becomes of a task whose host stays lost.
    enum LostTasks: String, ExpressibleByArgument, CaseIterable { case leave, end }

    @Option(
        help: ArgumentHelp(
            "A host that was lost is tried to be reached again for so long before it counts as unreachable.",
            valueName: "seconds")) var reconnectFor = 600
    @Option(
        help: ArgumentHelp(
            "What becomes of the task of a host that stays lost: leave lets it run, end has the host itself end it.",
            valueName: "leave|end")) var lostTasks: LostTasks = .leave
    @Option(help: ArgumentHelp("A link on which nothing comes for so long is lost.", valueName: "seconds"))
    var linkTimeout = 60
    @Option(
        help: ArgumentHelp("Wait so long for a host that another run holds; 0 does not wait.", valueName: "seconds"))
    var waitLock = 0

    @Flag(
        help:
            "Lock this machine, too, for tasks that run here (localhost, connection: local, delegation), so that one run at a time uses it. Otherwise only other hosts are locked."
    ) var lockController = false

    func validate() throws {
        if reconnectFor < 0 { throw ValidationError("--reconnect-for takes a number of seconds, not \(reconnectFor)") }
        if linkTimeout < 4 {
            throw ValidationError("--link-timeout takes a number of seconds from 4 on, not \(linkTimeout)")
        }
        if waitLock < 0 { throw ValidationError("--wait-lock takes a number of seconds, not \(waitLock)") }
    }

    var policy: LinkPolicy {
        var policy = LinkPolicy()
        policy.reconnectFor = .seconds(reconnectFor)
        policy.endsLostTasks = lostTasks == .end
        policy.silence = .seconds(linkTimeout)
        policy.lockWait = .seconds(waitLock)
        policy.locksController = lockController
        return policy
    }
}
