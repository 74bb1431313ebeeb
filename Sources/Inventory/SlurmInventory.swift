import Glibc
import Support
import YAML

/// The nodes of a Slurm cluster, as `scontrol` lists them: `-i slurm:` for all, `-i slurm:gpu,debug` for those of some
/// partitions.
///
/// Groups are `slurm_partition_NAME`, `slurm_state_STATE` (one for each of a node's states: idle, drain, …) and
/// `slurm_feature_NAME`. What `scontrol` says is data: no text of it is a template.
struct SlurmInventory {
    private static let prefix = "slurm:"
    private let source: String
    private let partitions: [String]

    static func isNamed(by source: String) -> Bool { source.hasPrefix(prefix) }

    init(_ source: String) {
        self.source = source
        partitions = source.dropFirst(Self.prefix.count).split(separator: ",").map { $0.trimmingWhitespace() }
    }

    func read(into graph: inout InventoryGraph) throws(Diagnostic) { try read(listing(), into: &graph) }

    /// - Parameter listing: one node a line, as `scontrol --oneliner show nodes` prints them.
    func read(_ listing: String, into graph: inout InventoryGraph) throws(Diagnostic) {
        let nodes = Self.records(listing)
        var known: Set<String> = []
        var count = 0
        for node in nodes {
            guard let name = node["NodeName"], !name.isEmpty else { continue }
            let own = Self.words(node["Partitions"])
            known.formUnion(own)
            guard partitions.isEmpty || own.contains(where: partitions.contains) else { continue }
            count += 1
            do throws(InventoryGraph.Refusal) { try add(name, node, own, to: &graph) } catch {
                throw Diagnostic("\(source): \(error.problem)", at: nil)
            }
        }
        if let unknown = partitions.first(where: { !known.contains($0) }) {
            throw Diagnostic(
                "\(source): Slurm has no partition '\(unknown)' with nodes", at: nil,
                remedy: "its partitions are \(known.sorted().joined(separator: ", "))")
        }
        guard count > 0 else { throw Diagnostic("\(source): Slurm lists no node", at: nil, remedy: "see sinfo") }
        graph.sources.append(source)
    }

    private func add(
        _ name: String, _ node: [String: String], _ partitions: [String], to graph: inout InventoryGraph
    ) throws(InventoryGraph.Refusal) {
        let states = Self.words(node["State"], separator: "+").map { state in
            // `IDLE*`: the node does not answer.
            String(state.lowercased().filter { $0.isLetter || $0 == "_" })
        }
        let features = Self.words(node["ActiveFeatures"]).filter { $0 != "(null)" }
        let groups =
            partitions.map { "slurm_partition_" + $0 } + states.map { "slurm_state_" + $0 }
            + features.map { "slurm_feature_" + $0 }
        var variables: ValueMap = [
            "slurm_partitions": .list(partitions.map { .string($0) }),
            "slurm_states": .list(states.map { .string($0) }),
            "slurm_features": .list(features.map { .string($0) }),
        ]
        variables["slurm_cpus"] = node["CPUTot"].flatMap { Int($0) }.map { .int($0) }
        variables["slurm_memory_mb"] = node["RealMemory"].flatMap { Int($0) }.map { .int($0) }
        variables["slurm_gres"] = node["Gres"].flatMap { $0 == "(null)" ? nil : .string($0) }
        variables["slurm_reason"] = node["Reason"].map { .string($0) }
        if let address = node["NodeAddr"], address != name, !address.isEmpty {
            variables["ansible_host"] = .string(address)
        }
        for group in groups {
            _ = try graph.addHost(name, port: nil, to: graph.addGroup(GroupName.safe(group), at: nil), at: nil)
        }
        let host =
            if let known = graph.host(named: name) { known } else {
                try graph.addHost(name, port: nil, to: InventoryGraph.ungrouped, at: nil)
            }
        for (key, value) in variables.pairs { try graph.setVariable(key, to: value, ofHost: host) }
    }

    private func listing() throws(Diagnostic) -> String {
        let outcome: ShortCommand.Outcome
        var command = ShortCommand(["scontrol", "--oneliner", "show", "nodes"])
        command.timeLimit = .seconds(60)
        do throws(ShortCommand.Failure) { outcome = try command.run() } catch {
            let reason =
                switch error {
                case .notStarted(let code): "scontrol cannot be started: \(String(cString: strerror(code)))"
                case .timedOut: "scontrol does not answer"
                case .tooMuchOutput: "scontrol prints too much"
                case .cancelled: "interrupted"
                }
            throw Diagnostic("\(source): \(reason)", at: nil, remedy: "run it where Slurm's commands are")
        }
        guard outcome.status == 0 else {
            let said = String(decoding: outcome.errors, as: UTF8.self).trimmingWhitespace()
            throw Diagnostic("\(source): scontrol failed: \(said)", at: nil, remedy: "try 'scontrol show nodes'")
        }
        return String(decoding: outcome.output, as: UTF8.self)
    }

    // MARK: Text

    /// One node a line, `Key=value` with spaces between; a value may have spaces itself (`OS=Linux 6.1 …`).
    static func records(_ text: String) -> [[String: String]] {
        text.split(separator: "\n").map { line in
            var record: [String: String] = [:]
            var key: String?
            for word in line.split(separator: " ", omittingEmptySubsequences: false) {
                if let sign = word.firstIndex(of: "="), sign > word.startIndex,
                    word[..<sign].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" || $0 == "/" })
                {
                    key = String(word[..<sign])
                    record[key ?? "", default: ""] = String(word[word.index(after: sign)...])
                } else if let key, !word.isEmpty {
                    record[key, default: ""] += " " + word
                }
            }
            return record
        }
    }

    private static func words(_ text: String?, separator: Character = ",") -> [String] {
        (text ?? "").split(separator: separator).map { $0.trimmingWhitespace() }.filter { !$0.isEmpty }
    }
}
