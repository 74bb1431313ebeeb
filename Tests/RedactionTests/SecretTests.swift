import Foundation
import Testing

@testable import Redaction

@Suite struct SecretTests {
    @Test func nothingThatPrintsShowsIt() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump((secret, [secret]), to: &dumped)
        for shown in [
            "\(secret)", String(describing: secret), String(reflecting: secret), String(describing: [secret]),
            String(describing: Optional(secret)), dumped,
        ] {
            #expect(!shown.contains("hunter2"))
        }
        #expect(secret.reveal() == "hunter2")
        #expect(Secret([1, 2, 3] as [UInt8]).reveal() == [1, 2, 3])
        #expect(Secret("").isEmpty)
        #expect(!((secret as Any) is any Encodable))
    }

    /// Looks at the freed memory through the kernel. Someone else may have it by now, so it is enough that the secret
    /// is not in it.
    @Test func itsMemoryIsWipedWithTheLastCopy() throws {
        let pattern = [UInt8](repeating: 0xa7, count: 900)
        let memory = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/mem"))
        func bytes(at address: UInt) throws -> [UInt8] {
            try memory.seek(toOffset: UInt64(address))
            return Array(try #require(try memory.read(upToCount: pattern.count)))
        }
        var secret: Secret<[UInt8]>? = Secret(pattern)
        var copy = secret
        let address = try #require(secret).withBytes { UInt(bitPattern: $0.baseAddress) }
        secret = nil
        #expect(copy?.reveal() == pattern)
        #expect(try bytes(at: address) == pattern)
        copy = nil
        let left = try bytes(at: address)
        #expect(left.filter { $0 == 0xa7 }.count < 50)
    }

    @Test func aWholeTextIsKnownByItsMark() {
        let set = SecretSet()
        #expect(set.holds("7") == nil)
        set.insert(Secret("7"), label: "door.digit")
        set.insert(Secret("hunter2"), label: "p.f\u{1b}")
        #expect(set.holds("7") == "«redacted:door.digit»")
        #expect(set.holds("hunter2") == "«redacted:p.f␛»" && set.mark(for: "p.f\u{1b}") == "«redacted:p.f␛»")
        #expect(set.holds("hunter") == nil && set.holds("hunter22") == nil)
    }

    /// What results and events say again and again is searched for a run's secrets once; one that joins is searched for
    /// in all of it.
    @Test func aNameIsSearchedOnceForEachSecretThatJoins() {
        let set = SecretSet()
        set.insert(Secret("hunter2"), label: "p.f")
        for (count, name) in ["stdout", "gpu-1.example", "", "caf\u{e9}-token"].enumerated() {
            let before = set.searches
            for _ in 0..<50 { #expect(RedactedText(name: name, secrets: set).description == name) }
            #expect(set.searches - before <= 1, "name \(count)")
        }
        for _ in 0..<2 {
            #expect(RedactedText(name: "hunter2", secrets: set).description == "«redacted:p.f»")
            #expect(RedactedText(name: "a\u{1b}b", secrets: set).description == "a␛b")
        }
        // The same characters in other bytes are another text.
        set.insert(Secret("cafe\u{301}-token"), label: "p.g")
        #expect(RedactedText(name: "caf\u{e9}-token", secrets: set).description == "caf\u{e9}-token")
        #expect(RedactedText(name: "cafe\u{301}-token", secrets: set).description == "«redacted:p.g»")
        set.insert(Secret("stdout"), label: "p.h")
        #expect(RedactedText(name: "stdout", secrets: set).description == "«redacted:p.h»")
        #expect(
            set.holds("stdout") == "«redacted:p.h»" && set.holds("stderr") == nil
                && set.holds("cafe\u{301}-token") == "«redacted:p.g»")
    }

    @Test func aSetIsOneForManyTasks() async {
        let set = SecretSet()
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let text = "value-\(index % 20)"
                    set.insert(Secret(text), label: "p.f")
                    return RedactedText(text, secrets: set).description == "«redacted:p.f»"
                }
            }
            for await hidden in group { #expect(hidden) }
        }
    }
}
