import Engine
import Foundation
import Redaction
import Settings

/// What `--version` and `-vv` say.
struct AnsibleVersion {
    let program: String
    let configuration: AnsibleConfiguration

    init(_ program: String, _ configuration: AnsibleConfiguration) {
        self.program = program
        self.configuration = configuration
    }

    var text: String {
        let modules = configuration.modulePath.paths.map { "'\($0)'" }.joined(separator: ", ")
        return """
            \(program) [core 2.19.14]
              config file = \(configuration.file ?? "None")
              configured module search path = [\(modules)]
              ansible python module location = none
              ansible collection location = \(configuration.collectionsPath.paths.joined(separator: ":"))
              executable location = \(Self.executable)
              comfyfleet version = \(ComfyFleetVersion.text)
            """
    }

    static var executable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// What `-v` says before all else.
    func printPreamble(_ verbosity: Int) {
        if verbosity >= 2 { Output.print(redacted(text)) }
        if verbosity >= 1 {
            Output.print(
                redacted(
                    configuration.file.map { "Using \($0) as config file" } ?? "No config file found; using defaults"))
        }
    }
}
