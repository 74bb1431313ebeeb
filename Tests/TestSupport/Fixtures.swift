import YAML

/// Files that the tests read, wherever the clone lies.
public enum Fixtures {
    public static let folder = String(#filePath.dropLast("TestSupport/Fixtures.swift".count)) + "Fixtures"
    public static var oracle: String { folder + "/oracle" }
    public static var variations: String { folder + "/variations" }
}
