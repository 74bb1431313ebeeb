/// The part of a session that outlives its link, as shell text (`keeper.sh`).
struct KeeperScript {
    /// Seconds between two looks of the watch.
    var tick = 15
    /// Ticks after which somebody who does not show himself is taken for gone.
    var lease = 3
    /// Ticks that an idle session lives with nobody attached.
    var grace: Int
    /// Ticks after which a call that runs with nobody attached is ended; nil lets it run.
    var abandon: Int?

    func text(marker: String, shell: String) -> String {
        HostScript.assignments([
            "_marker": marker, "_tick": "\(tick)", "_lease": "\(lease)", "_grace": "\(grace)",
            "_abandon": abandon.map(String.init) ?? "", "_shell": shell,
        ]) + HostScript.common + HostScript.keeper
    }
}
