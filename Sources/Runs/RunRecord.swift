import Redaction

/// What `run.json` says of a run: enough to tell what it was, and to see later whether its inputs are still the same.
/// Values of variables are not in it.
package struct RunRecord: Sendable {
    package struct Source: Sendable {
        package var path: String
        /// SHA-256 in hex; nil for what is not a file.
        package var digest: String?
        package init(path: String, digest: String? = nil) {
            self.path = path
            self.digest = digest
        }
    }
    package var playbooks: [Source] = []
    /// Every file that the run follows from.
    package var files: [Source] = []
    /// The command of `exec`.
    package var command: String?
    package var inventory: [String] = []
    package var hosts: [String] = []
    package var limit: String?
    package var tags: [String] = [], skippedTags: [String] = []
    package var startAtTask: String?
    package var extraVariableNames: [String] = []
    package var checkMode = false, diffMode = false
    package var forks = 0
    /// Of the schedule, where one has begun the run.
    package var job: String?
    package var user = ""
    package var controller = ""
    package var process = 0
    package var folder = ""
    package var started = 0.0
    package var version = ""
    package init() {}

    func json(id: String, secrets: SecretSet) -> RedactedJSON {
        func text(_ text: String?) -> RedactedJSON { .text(text.map { RedactedText($0, secrets: secrets) }) }
        func texts(_ texts: [String]) -> RedactedJSON { .list(texts.map { text($0) }) }
        return .object([
            "run": text(id), "started": text(WallClock.iso8601(started)), "version": text(version),
            "user": text(user), "controller": text(controller), "process": .int(process), "folder": text(folder),
            "playbooks": .list(playbooks.map { .object(["path": text($0.path), "sha256": text($0.digest)]) }),
            "files": .list(files.map { .object(["path": text($0.path), "sha256": text($0.digest)]) }),
            "command": text(command), "inventory": texts(inventory), "hosts": texts(hosts), "limit": text(limit),
            "tags": texts(tags), "skip_tags": texts(skippedTags), "start_at_task": text(startAtTask),
            "extra_variables": texts(extraVariableNames),
            "check": .bool(checkMode), "diff": .bool(diffMode), "forks": .int(forks), "job": text(job),
        ])
    }
}
