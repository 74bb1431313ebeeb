/// What a session's shell says of its host when it begins.
public struct HostIdentity: Sendable, Equatable {
    /// `Linux`
    public var system: String
    /// Of the kernel.
    public var release: String
    /// `x86_64`
    public var machine: String
    public var hostname: String
    public var uid: Int
    public var user: String
    /// The user's login shell.
    public var shell: String
    /// Changes with each boot; tells a rebooted host from a dropped link. nil where the kernel has none.
    public var bootID: String?
    /// Without `setsid` on the host a timeout ends only the call's own process, not what that has started.
    public var hasProcessGroups: Bool

    /// From the words of the greeting's frame.
    init?(greeting words: some Collection<Substring>) {
        let words = words.map(String.init)
        guard words.count >= 8, let uid = Int(words[6]) else { return nil }
        hasProcessGroups = words[0] == "-"
        bootID = words[1] == "-" ? nil : words[1]
        system = words[2]
        release = words[3]
        machine = words[4]
        hostname = words[5]
        self.uid = uid
        user = words[7]
        shell = words.dropFirst(8).joined(separator: " ")
    }
}
