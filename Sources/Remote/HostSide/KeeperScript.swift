/// The part of a session that outlives its link, as shell text (`keeper.sh`).
struct KeeperScript {
    /// How long an idle session lives with nobody attached.
    var grace: Duration
    /// After so long a call that runs with nobody attached is ended; nil lets it run.
    var abandon: Duration?

    /// Seconds between two looks of the keeper, each of which starts a process.
    private var tick: Int { abandon == nil && grace >= .seconds(600) ? 60 : 15 }
    private func ticks(_ time: Duration, atLeast least: Int) -> String {
        "\(max(least, Int(time.components.seconds) / tick))"
    }

    func text(marker: String) -> String {
        HostScript.assignments([
            "_marker": marker, "_tick": "\(tick)", "_grace": ticks(grace, atLeast: 1),
            "_abandon": abandon.map { ticks($0, atLeast: 3) } ?? "",
        ]) + HostScript.keeper
    }
}
