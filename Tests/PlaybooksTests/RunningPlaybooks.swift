import TestSupport

/// Runs a playbook that ships, by its name, on the inventory of a workplace.
///
/// - Parameter path: a folder with programs that go before all others on this machine.
func playbook(
    _ name: String, _ variables: [String], limit: String? = nil, check: Bool = false, path: String? = nil,
    in place: Workplace
) async throws -> ProcessOutcome {
    let arguments =
        ["run", name, "-i", "inventory.ini"] + (limit.map { ["-l", $0] } ?? []) + variables.flatMap { ["-e", $0] }
        + (check ? ["--check"] : [])
    var environment = place.environment(["COMFYFLEET_PLAYBOOKS": CatalogueTests.shipped])
    if let path { environment["PATH"] = "\(path):\(environment["PATH"] ?? "")" }
    let ready = environment
    return try await offPool { try outcome(of: Workplace.program, arguments, environment: ready, folder: place.folder) }
}
