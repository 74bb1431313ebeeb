import Redaction
import Testing

@testable import Audit

@Suite struct TamperingTests {
    static func trail(_ count: Int) throws -> TemporaryTrail {
        let trail = try TemporaryTrail()
        for number in 1...count { try trail.log.append([AuditLog.Entry("run.host", [("number", .int(number))])]) }
        return trail
    }
    static func broken(_ trail: TemporaryTrail, _ change: (inout [String]) -> Void) throws -> AuditReader.Verification {
        var lines = try trail.lines()
        change(&lines)
        try trail.write((lines.joined(separator: "\n") + "\n").utf8)
        return try trail.reader.verify()
    }

    @Test func everyChangedByteIsFound() throws {
        let trail = try Self.trail(4)
        let whole = try trail.bytes()
        var line = 1
        for (index, byte) in whole.enumerated() {
            var changed = whole
            changed[index] = byte ^ 1
            try trail.write(changed)
            // A line's end that is none joins the line with the next one.
            let found = try trail.reader.verify()
            if index == whole.count - 1 {
                #expect(found.endsUnfinished)
            } else if let broken = found.broken {
                #expect(broken.line == line || (line == 1 && broken.line == 2), "byte \(index)")
            } else {
                Issue.record("the changed byte \(index) was not found")
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
        }
    }

    @Test func removedMovedAndForgedLinesAreFound() throws {
        var found = try Self.broken(try Self.trail(5)) { $0.remove(at: 2) }
        #expect(
            found.broken
                == .init(line: 3, problem: "the line does not follow line 2: lines were removed, put in or moved"))
        found = try Self.broken(try Self.trail(5)) { $0.removeFirst() }
        #expect(found.broken?.line == 1)
        found = try Self.broken(try Self.trail(5)) { $0.swapAt(1, 2) }
        #expect(found.broken?.line == 2)
        found = try Self.broken(try Self.trail(5)) { $0.insert(#"{"event":"run.host","number":9}"#, at: 3) }
        #expect(found.broken == .init(line: 4, problem: "the line is no entry of this trail"))
        found = try Self.broken(try Self.trail(5)) { $0.append("garbage") }
        #expect(found.broken?.line == 6 && found.entries == 5)
    }

    @Test(arguments: [1, 5]) func entriesThatWereAllWrittenAnewAreFound(count: Int) throws {
        for change in [{ $0 + "\r" }, { " " + $0 }, { $0 + " " }, { $0.replacing("\":", with: "\": ") }]
            as [(String) -> String]
        {
            let found = try Self.broken(try Self.trail(count)) { lines in lines = lines.map(change) }
            #expect(found.broken?.line == 1 && found.entries == 0)
        }
    }

    @Test func aCutEndIsFoundByItsHead() throws {
        let trail = try Self.trail(5)
        let head = try #require(try trail.reader.verify().head).description
        try trail.log.append([AuditLog.Entry("later")])
        #expect(try trail.reader.verify(containing: head).containsHash)
        let found = try Self.broken(trail) { $0.removeLast(3) }
        #expect(found.broken == nil && found.entries == 3)
        #expect(try !trail.reader.verify(containing: head).containsHash)
    }
}
