import Glibc
import Redaction
import YAML

/// What a check would have changed, host by host: `drift.json` in the run's folder. It is made of the run's events, so
/// it is whole also after a resume.
package struct DriftReport: Sendable {
    package struct Change: Sendable {
        package var task: String
        /// `file:line:col`
        package var place: String
        package var message: String?
        /// Unified diff.
        package var diff: String?
    }
    /// Hosts that differ, in the order in which that was found.
    package private(set) var hosts: [(name: String, changes: [Change])] = []

    /// - Throws: `RunFolderError`
    package init(_ folder: RunFolder) throws(RunFolderError) {
        var tasks: [Int: (name: String, place: String)] = [:]
        var places: [String: Int] = [:]
        for event in try RunArchive.events(of: folder) {
            switch event["event"]?.string {
            case "task.started":
                if let id = event["task"]?.int {
                    tasks[id] = (event["name"]?.string ?? "", event["place"]?.string ?? "")
                }
            case "host.task.finished" where event["status"]?.string == "changed":
                guard let host = event["host"]?.string, let task = event["task"]?.int.flatMap({ tasks[$0] }) else {
                    continue
                }
                let change = Change(
                    task: task.name, place: task.place, message: event["message"]?.string, diff: event["diff"]?.string)
                if let index = places[host] {
                    hosts[index].changes.append(change)
                } else {
                    places[host] = hosts.count
                    hosts.append((host, [change]))
                }
            default: break
            }
        }
    }

    package var isEmpty: Bool { hosts.isEmpty }

    /// `{"hosts": {"gpu-1": [{"task": …, "place": …, "message": …, "diff": …}]}}`
    ///
    /// - Parameter secrets: of the run. What this is made of was redacted when it was written; names go through them
    ///   once more.
    package func json(secrets: SecretSet) -> RedactedJSON {
        func text(_ text: String?) -> RedactedJSON { .text(text.map { RedactedText($0, secrets: secrets) }) }
        let members = hosts.map { host, changes in
            RedactedJSON.Member(
                RedactedText(host, secrets: secrets),
                .list(
                    changes.map {
                        .object([
                            "task": text($0.task), "place": text($0.place), "message": text($0.message),
                            "diff": text($0.diff),
                        ])
                    }))
        }
        return .object(["hosts": .object(members)])
    }

    /// Writes `drift.json`.
    package func write(to folder: RunFolder, secrets: SecretSet) throws(RunFolderError) {
        try folder.write(json(secrets: secrets), to: folder.driftPath)
    }

    /// Whether the run has a report that names a host.
    package static func hasDrift(_ folder: RunFolder) -> Bool {
        guard let bytes = try? RunArchive.bytes(of: folder.driftPath),
            let hosts = (try? JSON.parse(bytes))?.map?["hosts"]?.map
        else { return false }
        return !hosts.isEmpty
    }
}

extension RunFolder {
    package var driftPath: String { path + "/drift.json" }
}
