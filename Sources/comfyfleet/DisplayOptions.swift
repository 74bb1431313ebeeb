import ArgumentParser
import Console
import Redaction

/// How a run shows itself.
struct DisplayOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case auto, live, lines, json }

    @Option(help: "auto (a live view on a terminal, lines elsewhere), live, lines, or json: one JSON object per event.")
    var format = Format.auto
    @Flag(
        name: [.short, .customLong("verbose")],
        help: "Show results and output too; -vv and more for debug tasks with a verbosity.") var verbosity: Int

    var console: ConsoleOptions {
        let format: ConsoleOptions.Format =
            switch format {
            case .auto, .live: .automatic
            case .lines: .lines
            case .json: .json
            }
        return ConsoleOptions(format: format, verbosity: verbosity, secrets: ComfyFleet.secrets)
    }

    /// For a command whose output is what people want to see: lines, unless set otherwise.
    var consoleWithOutput: ConsoleOptions {
        var options = console
        if format == .auto { options.format = .lines }
        options.showsOutput = true
        return options
    }
}
