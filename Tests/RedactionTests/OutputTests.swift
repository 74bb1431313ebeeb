import Foundation
import TestSupport
import Testing

@testable import Redaction

@Suite struct OutputTests {
    @Test func aFullDiskIsKeptAsTheFailure() throws {
        let full = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
        let writer = DescriptorWriter(full.fileDescriptor)
        #expect(writer.write("text\n")?.code == ENOSPC)
        #expect(writer.write("more\n") == nil)
        #expect(writer.failure?.readerHasGone == false)
    }

    @Test func aReaderThatHasGoneDoesNotEndTheProcess() throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let writer = DescriptorWriter(pipe.fileHandleForWriting.fileDescriptor)
        #expect(writer.write("text\n")?.readerHasGone == true)
    }

    /// The law of `Output`: no other file writes to the standard streams.
    @Test func nothingElseWritesToTheStandardStreams() throws {
        let writers =
            #/(?:^|[^\w.]|Swift\.)(?:print|debugPrint|dump|fputs|puts|putchar|fwrite|perror|f?printf|vf?printf|NSLog)\(|FileHandle\.standard(?:Output|Error)|FileDescriptor\.standard(?:Output|Error)|(?:write\w*|fdopen|dprintf)\((?:[^)]*STD(?:OUT|ERR)_FILENO|\s*[12],)|fileDescriptor: [12]\b/#
        let sources = URL(fileURLWithPath: Fixtures.folder).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources")
        // A line without any of these need not be searched.
        let words = ["print", "dump", "put", "write", "perror", "NSLog", "standard", "fdopen", "fileDescriptor"]
        var read = 0
        for case let file as URL in try #require(
            FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        where file.pathExtension == "swift" {
            read += 1
            if file.path.hasSuffix("/Redaction/Output.swift") { continue }
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated()
            where words.contains(where: line.contains) && !line.drop(while: { $0 == " " }).hasPrefix("//") {
                // Text that is sent to a host's shell may well say printf.
                let code = line.replacing(#/"(?:[^"\\]|\\.)*"/#, with: "\"\"")
                #expect(
                    code.firstMatch(of: writers) == nil,
                    "\(file.lastPathComponent):\(number + 1) writes past Output: \(line)")
            }
        }
        #expect(read > 20)
    }
}
