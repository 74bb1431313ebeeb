import YAML

/// Files that the tests read, wherever the clone lies.
package enum Fixtures {
    package static let folder = String(#filePath.dropLast("TestSupport/Fixtures.swift".count)) + "Fixtures"
    package static var oracle: String { folder + "/oracle" }
    /// Cases in the corpus's format that Ansible was seen to treat otherwise than ComfyFleet did.
    package static var observed: String { folder + "/observed" }
}
