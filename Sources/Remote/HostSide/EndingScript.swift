/// Ends what was started over an SSH connection, as shell text for another channel of it (`ending.sh`).
struct EndingScript {
    /// Between TERM and KILL, in tenths of a second.
    var grace = 50

    /// Prints `left` and a number of process groups when some are still there at the end.
    var text: String { HostScript.assignments(["_tenths": "\(grace)"]) + HostScript.ending }
}
