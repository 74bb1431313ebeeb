import YAML

/// Files that the tests read, wherever the clone lies.
public enum Fixtures {
    public static let folder = String(#filePath.dropLast("TestSupport/Fixtures.swift".count)) + "Fixtures"
    public static var oracle: String { folder + "/oracle" }
    /// Cases in the corpus's format that Ansible was seen to treat otherwise than ComfyFleet did.
    public static var observed: String { folder + "/observed" }
}
