import Remote

extension ManagedHost {
    /// Makes a file in a temporary folder of the host, in check mode too, and removes it when `body` is done: what a
    /// module
    /// has to look into before it can say what would change.
    ///
    /// - Parameters:
    ///   - what: in the words of an error message that begins with "could not".
    ///   - script: fills the file `$cf_file`; where that is from a file of this machine, it ends with
    ///     `Upload.incomplete` when not all has arrived.
    func withTemporaryFile<Result: Sendable>(
        _ what: String, _ script: ShellScript, stdin: Call.Input, _ body: (_ path: String) async throws -> Result
    ) async throws -> Result {
        let fill: ShellScript = """
            cf_folder=$(umask 077; mktemp -d "${TMPDIR:-/tmp}/comfyfleet.XXXXXXXX") || exit
            trap 'rm -rf -- "$cf_folder"' EXIT
            cf_file=$cf_folder/source
            \(shell: script)trap - EXIT
            printf '%s\\000' "$cf_folder"
            """
        let made =
            if case .file = stdin { try await Upload.untilWhole { try await observe(fill, stdin: stdin) } } else {
                try await observeLong(fill, stdin: stdin)
            }
        guard made.status == 0, made.records.count == 2, made.records[0].hasPrefix("/") else {
            throw ModuleFailure("could not \(what): \(made.complaint)")
        }
        let folder = made.records[0]
        do {
            let result = try await body(folder + "/source")
            _ = try await observe("rm -rf -- \(folder)")
            return result
        } catch {
            _ = try? await observe("rm -rf -- \(folder)")
            throw error
        }
    }
}
