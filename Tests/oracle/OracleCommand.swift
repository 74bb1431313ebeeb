import Glibc
import OracleCorpus
import TestSupport

/// Runs the oracle's corpora: `oracle [--report FILE] [FOLDER]`.
///
/// One line each, such as `yaml: 197/197`. Failing cases are written to the report with what was expected and what
/// came.
/// Exit status 0: every case that was run passed; 1: some did not; 64: bad usage.
@main
struct OracleCommand {
    static func main() async {
        var folder = Fixtures.oracle
        var report = "oracle-failures.txt"
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--report":
                guard let path = arguments.popFirst() else { stop("--report needs a file") }
                report = path
            case "-h", "--help":
                print("usage: oracle [--report FILE] [FOLDER]")
                return
            case _ where argument.hasPrefix("-"): stop("unknown option \(argument)")
            default: folder = argument
            }
        }

        let files: [CorpusFile]
        do { files = try CorpusFile.all(in: folder) } catch { stop("\(error)") }
        guard !files.isEmpty else { stop("\(folder): no corpus files (*.json)") }
        var failures = ""
        var failed = 0
        for file in files {
            defer { fflush(nil) }
            guard file.corpus != nil else {
                print("\(file.name): no runner yet")
                continue
            }
            do {
                let outcomes = try await file.run()
                let wrong = outcomes.filter { !$0.passed }
                print("\(file.name): \(outcomes.count - wrong.count)/\(outcomes.count)")
                failed += wrong.count
                for outcome in wrong {
                    failures +=
                        "\(file.name) \(outcome.id)\n  expected: \(outcome.expected)\n  actual:   \(outcome.actual)\n"
                }
                if outcomes.isEmpty {
                    failed += 1
                    failures += "\(file.name)\n  no cases\n"
                }
            } catch {
                print("\(file.name): cannot be run: \(error)")
                failed += 1
                failures += "\(file.name)\n  cannot be run: \(error)\n"
            }
        }
        save(failures, to: report)
        if failed > 0 {
            print("\(failed) failed; expected and actual are in \(report)")
            exit(1)
        }
    }

    private static func save(_ text: String, to path: String) {
        guard let file = fopen(path, "w") else { stop("\(path): \(String(cString: strerror(errno)))") }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else { stop("\(path): \(String(cString: strerror(errno)))") }
    }

    private static func stop(_ message: String) -> Never {
        let line = Array("oracle: \(message)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
        exit(64)
    }
}
