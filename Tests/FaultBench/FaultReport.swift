import TestSupport

/// What a series of faults came to.
package struct FaultReport: Sendable {
    /// Processes killed, links broken.
    package var kills = 0, breaks = 0
    /// Runs that were begun, or rounds with the vault.
    package var rounds = 0
    /// What was counted besides, by name.
    package private(set) var counts: [(name: String, number: Int)] = []
    /// What was not as it must be, with the seed that leads there.
    package var problems: [String] = []
    package init() {}

    mutating func count(_ name: String, _ number: Int = 1) {
        if let index = counts.firstIndex(where: { $0.name == name }) {
            counts[index].number += number
        } else {
            counts.append((name, number))
        }
    }

    mutating func count(_ breaks: some Sequence<FaultProxy.Struck>) {
        for struck in breaks {
            self.breaks += 1
            count(struck.fault.kind.label)
        }
    }

    package var summary: String {
        let faults =
            [("rounds", rounds), ("kills", kills), ("broken links", breaks)].filter { $0.1 > 0 }
            + counts.sorted { $0.name < $1.name }
        return faults.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + ": "
            + (problems.isEmpty ? "all as it must be" : "\(problems.count) PROBLEMS")
    }
}

extension Fault.Kind {
    fileprivate var label: String {
        switch self {
        case .reset: "by RST"
        case .finish: "by FIN"
        case .halfClose: "by FIN one way"
        case .silence: "by silence"
        case .lostByHost: "half open at the controller"
        case .lostByController: "half open at the host"
        case .delay: "delays"
        case .pieces: "pieces"
        }
    }
}
