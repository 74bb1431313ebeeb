import Foundation
import Glibc
import Support
import TestSupport
import Testing

/// Another user's uid; only root can make files that belong to it.
private let other: uid_t = 65534
private let isRoot = geteuid() == 0

private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = try temporaryFolder("private")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}

private func write(_ path: String, _ text: String = "text", mode: mode_t = 0o600) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, mode)
}

private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
}

/// Why a file is refused; nil when it is opened.
private func refusal(_ path: String, for purpose: FilePurpose) -> String? {
    do throws(FileProblem) {
        _ = try PrivateFile.open(path, for: purpose)
        return nil
    } catch { return error.description }
}

@Suite struct PrivateFileTests {
    @Test func `a mode that lets others read is corrected on what was opened, and reported`() throws {
        try inFolder { folder in
            try write(folder + "/key", mode: 0o644)
            let file = try PrivateFile.open(folder + "/key", for: .secret)
            #expect(file.widerMode == 0o644 && mode(folder + "/key") == 0o600)
            #expect(try PrivateFile.open(folder + "/key", for: .secret).widerMode == nil)
            try write(folder + "/settings", mode: 0o644)
            #expect(refusal(folder + "/settings", for: .settings) == nil && mode(folder + "/settings") == 0o644)
        }
    }

    @Test func `what others may write to is no program and no settings`() throws {
        try inFolder { folder in
            try write(folder + "/hook", mode: 0o722)
            try write(folder + "/settings", mode: 0o666)
            #expect(refusal(folder + "/hook", for: .program)?.contains("others may write to it") == true)
            #expect(refusal(folder + "/settings", for: .settings)?.contains("others may write to it") == true)
        }
    }

    @Test func `a folder that everybody may write to is passed only when it is sticky`() throws {
        try inFolder { folder in
            mkdir(folder + "/open", 0o777)
            try write(folder + "/open/file", mode: 0o700)
            chmod(folder + "/open", 0o777)
            for purpose in [FilePurpose.secret, .settings, .program] {
                #expect(
                    refusal(folder + "/open/file", for: purpose)?.contains("/open: others may write to the folder")
                        == true)
            }
            chmod(folder + "/open", 0o1777)
            for purpose in [FilePurpose.secret, .settings, .program] {
                #expect(refusal(folder + "/open/file", for: purpose) == nil)
            }
        }
    }

    @Test func `links of this user's are followed, to files and through folders`() throws {
        try inFolder { folder in
            mkdir(folder + "/dotfiles", 0o700)
            try write(folder + "/dotfiles/key", "the key")
            symlink("dotfiles", folder + "/config")
            symlink("../dotfiles/key", folder + "/dotfiles/link")
            #expect(try PrivateFile.read(folder + "/config/link") == Array("the key".utf8))
            // A replacement goes where the link leads, and the link stays.
            try PrivateFile.replace(folder + "/config/link", Array("another".utf8))
            #expect(try String(contentsOfFile: folder + "/dotfiles/key", encoding: .utf8) == "another")
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/dotfiles/link")
                    == "../dotfiles/key")
            symlink("loop", folder + "/loop")
            #expect(refusal(folder + "/loop", for: .secret) != nil)
        }
    }

    @Test func `a file that has its place by name is never looked for behind a link`() throws {
        try inFolder { folder in
            try write(folder + "/elsewhere", "untouched")
            symlink("elsewhere", folder + "/key.new")
            #expect(throws: FileProblem.self) { try PrivateFile.readOwn(folder + "/key.new") }
            try PrivateFile.replace(folder + "/key.new", Array("key".utf8), followsLast: false)
            #expect(try String(contentsOfFile: folder + "/elsewhere", encoding: .utf8) == "untouched")
            #expect(try PrivateFile.readOwn(folder + "/key.new") == Array("key".utf8))
        }
    }

    @Test(.enabled(if: isRoot)) func `another user's files, folders and links are refused`() throws {
        try inFolder { folder in
            try write(folder + "/mine")
            try write(folder + "/theirs", mode: 0o755)
            lchown(folder + "/theirs", other, other)
            mkdir(folder + "/their-folder", 0o755)
            try write(folder + "/their-folder/file", mode: 0o755)
            lchown(folder + "/their-folder", other, other)
            symlink("mine", folder + "/their-link")
            lchown(folder + "/their-link", other, other)
            for purpose in [FilePurpose.secret, .settings, .program] {
                #expect(
                    refusal(folder + "/theirs", for: purpose)?.contains("belongs to another user (uid 65534)") == true)
                #expect(
                    refusal(folder + "/their-folder/file", for: purpose)?.contains(
                        "their-folder: belongs to another user") == true)
                #expect(refusal(folder + "/their-link", for: purpose)?.contains("is a link of another user") == true)
            }
        }
    }

    @Test func `pipes, devices and folders are no files, and opening one waits for nobody`() throws {
        try inFolder { folder in
            mkfifo(folder + "/pipe", 0o600)
            #expect(refusal(folder + "/pipe", for: .secret)?.contains("not a regular file") == true)
            #expect(refusal("/dev/zero", for: .settings)?.contains("not a regular file") == true)
            #expect(refusal(folder, for: .secret) != nil)
            // A known_hosts that leads to /dev/null is an empty one.
            symlink("/dev/null", folder + "/nothing")
            let nothing = try PrivateFile.read(folder + "/nothing", for: .settings)
            let none = try PrivateFile.read(folder + "/none")
            let below = try PrivateFile.read(folder + "/none/below")
            #expect(nothing == [] && none == nil && below == nil)
        }
    }

    @Test func `an abandoned replacement leaves nothing`() throws {
        try inFolder { folder in
            try write(folder + "/file", "old")
            do { _ = try PrivateFile.Replacement(folder + "/file", Array("new".utf8)) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
            #expect(try String(contentsOfFile: folder + "/file", encoding: .utf8) == "old")
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct ShortCommandTests {
    @Test func `a program gets its input, and gives its output, the end of its errors and its status`() throws {
        let input = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
        let outcome = try ShortCommand(["/bin/sh", "-c", "cat; echo wrong >&2; exit 3"]).run(input: input)
        #expect(outcome.status == 3 && outcome.output == input && outcome.errors == Array("wrong\n".utf8))
        #expect(try ShortCommand(["sh", "-c", "kill -9 $$"]).run().status == 137)
        #expect(throws: ShortCommand.Failure.notStarted(ENOENT)) { try ShortCommand(["/nowhere/program"]).run() }
        // One that reads nothing is no reason to wait, or to end.
        #expect(try ShortCommand(["true"]).run(input: input).status == 0)
    }

    @Test func `what prints or runs without end is ended with all that it started`() throws {
        var command = ShortCommand(["sh", "-c", "yes & yes"])
        command.outputLimit = 1 << 20
        #expect(throws: ShortCommand.Failure.tooMuchOutput) { try command.run() }
        command = ShortCommand(["sh", "-c", "sleep 600 & echo $! >&2; sleep 600"])
        command.timeLimit = .milliseconds(300)
        #expect(throws: ShortCommand.Failure.timedOut) { try command.run() }
    }

    @Test func `a cancelled task ends it`() async throws {
        let task = Task.detached { () throws(ShortCommand.Failure) in try ShortCommand(["sleep", "600"]).run() }
        task.cancel()
        let result = await task.result
        #expect(throws: ShortCommand.Failure.cancelled) { try result.get() }
    }

    @Test func `nothing of the vault is in its environment`() throws {
        setenv("COMFYVN_SECRET_DEMO_TOKEN", "marked", 1)
        setenv("COMFYVN_SECRETS_KEY", "marked", 1)
        defer {
            unsetenv("COMFYVN_SECRET_DEMO_TOKEN")
            unsetenv("COMFYVN_SECRETS_KEY")
        }
        let seen = String(decoding: try ShortCommand(["env"]).run().output, as: UTF8.self)
        #expect(seen.contains("PATH=") && !seen.contains("marked") && !seen.contains("COMFYVN_SECRET"))
    }
}
