/// Which tasks `--tags` and `--skip-tags` let run.
///
/// The words `always`, `never`, `all`, `tagged` and `untagged` mean what the playbook language says: a task tagged
/// `always` runs unless
/// that very tag is skipped, one tagged `never` runs only when one of its other tags, or `never` itself, is asked for.
package struct TagSelection: Sendable {
    package var only: Set<String>
    package var skipped: Set<String>

    package init(only: Set<String> = ["all"], skipped: Set<String> = []) {
        self.only = only.isEmpty ? ["all"] : only
        self.skipped = skipped
    }

    func includes(_ tags: [String]) -> Bool {
        let tagged = !tags.isEmpty
        let tags = tagged ? Set(tags) : ["untagged"]
        return isWanted(tags, tagged: tagged) && !isSkipped(tags, tagged: tagged)
    }

    private func isWanted(_ tags: Set<String>, tagged: Bool) -> Bool {
        if tags.contains("always") || !tags.isDisjoint(with: only) { return true }
        guard !tags.contains("never") else { return false }
        return only.contains("all") || (tagged && only.contains("tagged"))
    }

    private func isSkipped(_ tags: Set<String>, tagged: Bool) -> Bool {
        if !tags.isDisjoint(with: skipped) { return true }
        if skipped.contains("all") { return !tags.contains("always") }
        return tagged && skipped.contains("tagged")
    }
}
