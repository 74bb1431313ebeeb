import Testing

@testable import Modules

@Suite struct AptTests {
    static let installs = """
        Reading package lists...
        Building dependency tree...
        Reading state information...
        The following NEW packages will be installed:
          hello
        0 upgraded, 1 newly installed, 0 to remove and 12 not upgraded.
        Setting up hello (2.10-3) ...
        """
    @Test func seesWhatChanges() {
        #expect(AptRun.changes(Self.installs, words: ["install"]))
        #expect(AptRun.plan(Self.installs).hasPrefix("The following NEW"))
        #expect(
            !AptRun.changes(
                "hello is already the newest version (2.10-3).\n0 upgraded, 0 newly installed, 0 to remove and 12 not upgraded.\n",
                words: ["install"]))
        #expect(AptRun.changes("0 upgraded, 0 newly installed, 1 to remove and 0 not upgraded.\n", words: ["remove"]))
        #expect(!AptRun.changes("", words: ["autoclean"]))
    }

    @Test(arguments: [
        ("hello", "2.10-3", true), ("hello=2.10*", "2.10-3", true), ("hello=9.99", "2.10-3", false),
        ("hello:i386", "2.10-3", false), ("hello:amd64=2.10-3", "2.10-3", true),
    ])
    func knowsWhatIsInstalled(_ desired: String, _ version: String, _ met: Bool) throws {
        let package = try #require(InstalledPackage(line: "hello\tamd64\t\(version)\tinstalled"))
        #expect(try DesiredPackage(desired).isMet(by: package) == met)
    }
    @Test(arguments: ["-o", "a b", "x>=1", ""]) func refusesNames(_ name: String) {
        #expect(throws: ModuleFailure.self) { try DesiredPackage(name) }
    }
}
