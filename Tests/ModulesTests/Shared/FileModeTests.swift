import Testing
import YAML

@testable import Modules

@Suite struct FileModeTests {
    /// Desired, before, is a folder, after.
    @Test(arguments: [
        ("0644", 0, false, 0o644), ("750", 0, false, 0o750), ("0o600", 0, false, 0o600),
        ("u=rwX,g=rX,o=", 0o000, false, 0o640), ("u=rwX,g=rX,o=", 0o600, true, 0o750),
        ("u=rwX,g=rX,o=", 0o755, false, 0o750),
        ("a+x", 0o644, false, 0o755), ("+x", 0o600, false, 0o711), ("+w", 0o400, false, 0o600),
        ("g+s", 0o755, false, 0o2755), ("u+s", 0o755, false, 0o4755), ("o+t", 0o777, true, 0o1777),
        ("ugo=rwx", 0o644, false, 0o777), ("o=", 0o777, false, 0o770), ("g=u", 0o640, false, 0o660),
        ("g+w,o-r", 0o644, false, 0o660), ("u=rw,g=r,o=r", 0o7777, false, 0o644), ("u-x+w", 0o555, false, 0o655),
        ("100644", 0, false, 0o644), ("0750 ", 0, false, 0o750),
    ]) func applies(_ desired: String, _ before: Int, _ isFolder: Bool, _ after: Int) throws {
        let mode = try FileMode(.string(desired), path: "/f").applied(to: before, isDirectory: isFolder, umask: 0o022)
        #expect(FileMode.text(mode) == FileMode.text(after), "\(desired)")
    }

    @Test(arguments: [
        Value.string("u+q"), .string("rw-r--r--"), .string("0999"), .string(""), .string("-1"), .bool(true),
    ])
    func refuses(_ desired: Value) { #expect(throws: ModuleFailure.self) { try FileMode(desired, path: "/f") } }

    @Test func aNumberIsTheModeItself() throws {
        #expect(try FileMode(.int(420), path: "/f") == .bits(0o644))
        #expect(FileMode.text(0) == "0000")
        #expect(FileMode.text(0o1777) == "01777")
        #expect(FileMode.argument(0o755) == "00755")
    }
}

@Suite struct FileStatusTests {
    @Test func readsAFile() throws {
        let status = try #require(
            PathStatus(record: "is 81a4 0 1000 12 1 42 2049 1700000000 1700000001 1700000002|root|domain users|\n"))
        #expect(
            status.own?.mode == 0o644 && status.own?.kind == .file && status.own?.group == "domain users"
                && status.state == "file")
    }

    @Test func readsALinkWhoseTargetHasALineEnd() throws {
        let record =
            "link a1ff 0 0 3 1 9 1 1 1 1|root|root|\nto 41ed 7 0 4096 2 8 1 1 1 1|UNKNOWN|root|\nreal /srv/a\nb\ntarget a\nb"
        let status = try #require(PathStatus(record: record))
        #expect(
            status.isLink && status.target == "a\nb" && status.realPath == "/srv/a\nb"
                && status.followed?.kind == .directory && status.followed?.owner == "7")
    }

    @Test func tellsWhyThereIsNothing() {
        #expect(PathStatus(record: "notdir\n")?.absence == .notDirectory)
        #expect(PathStatus(record: "absent\n")?.own == nil)
        #expect(PathStatus(record: "is nonsense\n") == nil)
        #expect(PathStatus(record: "") == nil)
    }

    /// A name that is made to look like another line of the listing must not lead out of the folder.
    @Test func aHostileNameStaysInItsFolder() {
        let line = "81a4 0 0 1 1 1 1 1 1 1|root|root|"
        let entries = FileTree.parse(
            "\(line)/srv/d\n\(line)/srv/d/a\n\(line)/etc/shadow\n\(line)/srv/d/b\n", below: "/srv/d")
        #expect(entries.map(\.path) == ["/srv/d/a\n\(line)/etc/shadow", "/srv/d/b"])
    }
}
