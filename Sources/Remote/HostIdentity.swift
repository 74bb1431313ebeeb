/// What a session's shell says of its host when it begins.
package struct HostIdentity: Sendable, Equatable {
    /// `Linux`
    package var system: String
    /// Of the kernel.
    package var release: String
    /// `x86_64`
    package var machine: String
    package var hostname: String
    package var uid: Int
    package var user: String
    /// The user's login shell.
    package var shell: String
    /// Changes with each boot; tells a rebooted host from a dropped link. nil where the kernel has none.
    package var bootID: String?
    /// Without `setsid` on the host a timeout ends only the call's own process, not what that has started.
    package var hasProcessGroups: Bool
    /// Whether what calls read and print is kept in memory; else it lies in a file on a disk while it is needed.
    package var spoolsInMemory: Bool
    /// The system ends what a user has started when that user's last link is gone (`KillUserProcesses=yes`), and
    /// nothing could be done about it here.
    package var endsWithLink: Bool

    /// Its side of the session can rest. One that an earlier version of this program opened can't.
    var canRest: Bool

    /// From the words of the greeting's frame.
    init?(greeting words: some Collection<Substring>) {
        let words = words.map(String.init)
        guard words.count >= 9, let uid = Int(words[7]) else { return nil }
        spoolsInMemory = words[0].contains("m")
        endsWithLink = words[0].contains("k")
        canRest = words[0].contains("r")
        hasProcessGroups = words[1] == "-"
        bootID = words[2] == "-" ? nil : words[2]
        system = words[3]
        release = words[4]
        machine = words[5]
        hostname = words[6]
        self.uid = uid
        user = words[8]
        shell = words.dropFirst(9).joined(separator: " ")
    }
}
