import Foundation
import Testing

@testable import Redaction

@Suite struct RedactorTests {
    /// What may become a secret is held back in the middle of a text, and a character that a chunk's end cuts is none
    /// that is broken.
    @Test(arguments: 1...9) func `characters of several bytes come whole through chunks of any size`(size: Int) {
        let secrets = SecretSet()
        secrets.insert(Secret("pässwörd"), label: "a.b")
        let text = "p 👩‍👩 s %%%% p%C3 👩 pä sw 漢字 s👩w%C3%B6rd pässwörd 👩"
        var redactor = Redactor(secrets)
        var shown = ""
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            shown += redactor.feed(bytes[start..<min(start + size, bytes.count)]).description
        }
        shown += redactor.finish().description
        #expect(shown == text.replacing("pässwörd", with: "«redacted:a.b»"))
    }

    static func secrets(_ values: (String, String)...) -> SecretSet {
        let set = SecretSet()
        for (value, label) in values { set.insert(Secret(value), label: label) }
        return set
    }

    /// Feeds `text` in the pieces that `random` cuts, and gives what came out in all.
    static func stream(_ text: [UInt8], through set: SecretSet, cutBy random: inout SeededGenerator) -> String {
        var redactor = Redactor(set)
        var shown = ""
        var rest = text[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...12, using: &random))
            shown += redactor.feed(piece).description
            rest = rest.dropFirst(piece.count)
        }
        return shown + redactor.finish().description
    }

    /// What thousands of secrets begin with is megabytes: a secret that joins them must not have all of it made anew.
    @Test func aSecretThatJoinsManyTakesTheirTableOver() throws {
        let set = SecretSet()
        func name(_ number: Int) -> String { "Marked-\(number &* 7919)-secret" }
        for number in 0..<1500 { set.insert(Secret(name(number)), label: "p.f\(number)") }
        let before = try #require(set.matcher()).beginnings
        #expect(before.settled.grams.count > 1 << 15 && before.recent == nil)

        var tables: [GramTable] = [before.settled]
        var largest = 0
        for number in 1500..<1600 {
            set.insert(Secret(name(number)), label: "p.f\(number)")
            let beginnings = try #require(set.matcher()).beginnings
            if beginnings.settled !== tables.last { tables.append(beginnings.settled) }
            largest = max(largest, beginnings.recent?.grams.count ?? 0)
        }
        #expect(tables.count < 100 / 2, "\(tables.count)")
        #expect(largest > 0 && largest <= (tables.last?.grams.count ?? 0) / 64)
        // What joined first, last, and in between is found, in pieces and encoded, too.
        var random = SeededGenerator(seed: 1)
        for number in [0, 1, 749, 1499, 1500, 1501, 1550, 1598, 1599] {
            for text in [name(number), name(number).uppercased(), Data(name(number).utf8).base64EncodedString()] {
                let shown = Self.stream(Array("a \(text) b".utf8), through: set, cutBy: &random)
                #expect(shown.contains("«redacted:p.f\(number)»") && !shown.contains(text), "\(text): \(shown)")
            }
        }
        #expect(RedactedText("Marked-1-secret", secrets: set).description == "Marked-1-secret")
    }

    @Test func aSecretIsReplacedByItsLabel() {
        let set = Self.secrets(("hunter2", "remote.password"))
        #expect(RedactedText("login hunter2 ok", secrets: set).description == "login «redacted:remote.password» ok")
    }

    @Test func nothingIsHeldBackButWhatMayBecomeASecret() {
        var redactor = Redactor(Self.secrets(("hunter2", "p.f")))
        #expect(redactor.feed("password: hun".utf8).description == "password: ")
        #expect(redactor.feed("ts\n".utf8).description == "hunts\n")
        #expect(redactor.feed("hunter".utf8).description == "")
        #expect(redactor.feed("2".utf8).description == "«redacted:p.f»")
        #expect(redactor.feed("hunter".utf8).description == "")
        #expect(redactor.feed("\n".utf8).description == "hunter\n")
        #expect(redactor.feed("h".utf8).description == "")
        #expect(redactor.finish().description == "h")
    }

    @Test func theLongestSecretWinsAndTheShorterOneIsHiddenAtOnce() {
        let set = Self.secrets(("token", "a.short"), ("token-and-more", "a.long"))
        var redactor = Redactor(set)
        #expect(redactor.feed("token-and".utf8).description == "«redacted:a.short»")
        #expect(redactor.feed("-more.".utf8).description == ".")
        #expect(RedactedText("token-and-more", secrets: set).description == "«redacted:a.long»")
        #expect(RedactedText("token-andy", secrets: set).description == "«redacted:a.short»-andy")
    }

    @Test func secretsThatOverlapShareAMarkAndNeighboursDoNot() {
        let set = Self.secrets(("abcdef", "x.one"), ("defghi", "x.two"))
        #expect(RedactedText("-abcdefghi-", secrets: set).description == "-«redacted:x.one»-")
        #expect(RedactedText("-abcdefdefghi-", secrets: set).description == "-«redacted:x.one»«redacted:x.two»-")
    }

    @Test func aRedactorLearnsOfLaterSecrets() {
        let set = SecretSet()
        var redactor = Redactor(set)
        #expect(redactor.feed("first second".utf8).description == "first second")
        set.insert(Secret("second"), label: "late.value")
        #expect(redactor.feed(" sec".utf8).description == " ")
        set.insert(Secret("secondary"), label: "later.value")
        #expect(redactor.feed("ondary second.\n".utf8).description == "«redacted:later.value» «redacted:late.value».\n")
    }

    @Test func shortSecretsAreHiddenWhereTheyStandAlone() {
        var redactor = Redactor(
            Self.secrets(("123", "door.pin"), ("é", "one.letter"), ("", "no.thing"), (" \n", "white.space")))
        #expect(redactor.feed("pin=123".utf8).description == "pin=")
        #expect(redactor.feed("4 pin 123\n".utf8).description == "1234 pin «redacted:door.pin»\n")
        #expect(redactor.feed("1 23 x123 é née".utf8).description == "1 23 x123 «redacted:one.letter» née")
        #expect(redactor.feed(" 123".utf8).description == " ")
        #expect(redactor.finish().description == "«redacted:door.pin»")
    }

    @Test func everyLineOfASecretIsHiddenButNotWhatEveryPEMFileHas() {
        let key =
            "-----BEGIN PRIVATE KEY-----\r\nMC4CAQAwBQYDK2VwBCIEIJ1h\r\n  q0ZDdC9lbm9kZQ==\r\n}\r\n-----END PRIVATE KEY-----\r\n"
        let set = Self.secrets((key, "site.key"))
        let shown = RedactedText(
            "read: MC4CAQAwBQYDK2VwBCIEIJ1h\n> q0ZDdC9lbm9kZQ==\n}\n-----BEGIN PRIVATE KEY-----\n", secrets: set)
        #expect(
            shown.description == "read: «redacted:site.key»\n> «redacted:site.key»\n}\n-----BEGIN PRIVATE KEY-----\n")
    }

    @Test func `a short line that is held back beyond its end is held back whole`() {
        var redactor = Redactor(Self.secrets(("embedded-secret", "p.f")))
        #expect(redactor.feed("begun\ndone\n".utf8).description == "begun\n")
        #expect(redactor.feed("and the next\n".utf8).description == "done\nand the next\n")
        // Its first half has been shown.
        #expect(redactor.feed("do".utf8).description == "do")
        #expect(redactor.feed("ne\n".utf8).description == "n")
        #expect(redactor.finish().description == "e\n")
    }

    @Test func aLineWithoutEndNeedsNoMemory() {
        // The worst text for this secret: every byte may begin it, and all of it is a match that never ends.
        let set = Self.secrets((String(repeating: "ab", count: 100), "p.f"))
        var redactor = Redactor(set)
        var shown = 0
        let chunk = Array(String(repeating: "ab", count: 2_000).utf8)
        for _ in 0..<20 { shown += redactor.feed(chunk).description.utf8.count }
        #expect(shown == "«redacted:p.f»".utf8.count)
        #expect(redactor.held.count < 200)
    }

    /// Against a search that is plain enough to be right: every pattern at every position, coverage joined.
    @Test(arguments: 0..<300) func streamsLikeAPlainSearch(seed: Int) {
        var random = SeededGenerator(seed: seed)
        func word(_ lengths: ClosedRange<Int>, from letters: String) -> String {
            String((0..<Int.random(in: lengths, using: &random)).map { _ in letters.randomElement(using: &random)! })
        }
        let set = SecretSet()
        let count = Int.random(in: 1...6, using: &random)
        for index in 0..<count { set.insert(Secret(word(1...9, from: "ab")), label: "p.\(index)") }
        let text = Array(word(0...400, from: seed % 2 == 0 ? "aaabbb \n" : "aaaaaaaabbbbbbbbaaaabbbb\n").utf8)
        let expected = PlainSearch.redact(text, set)
        // A mark that was shown when its secret was complete keeps its name, also when a longer secret follows from
        // there.
        func nameless(_ text: String) -> String { text.replacing(#/redacted:p.\d/#, with: "redacted") }
        #expect(nameless(Self.stream(text, through: set, cutBy: &random)) == nameless(expected))
        #expect(RedactedText(text, secrets: set).description == expected)
    }

    @Test func manySecretsThatJoinOneByOneAreAllFound() {
        let set = SecretSet()
        var redactor = Redactor(set)
        for index in 0..<400 {
            set.insert(Secret("sk-proj-\(index * 7919)-key"), label: "host\(index).token")
            set.insert(Secret("sk-proj-\(index * 7919)-key"), label: "again.token")
            let earlier = index / 2
            #expect(
                redactor.feed("<sk-proj-\(earlier * 7919)-key>".utf8).description == "<«redacted:host\(earlier).token»>"
            )
        }
    }
}

/// The rule of `Redactor`, by brute force over the patterns of a set.
enum PlainSearch {
    static func redact(_ text: [UInt8], _ set: SecretSet) -> String {
        guard let patterns = set.matcher().map({ $0.short + $0.canonical.tables.flatMap(\.patterns) }) else {
            return String(decoding: text, as: UTF8.self)
        }
        func isWord(_ index: Int) -> Bool {
            text.indices.contains(index) && (text[index].isAlphanumeric || text[index] == UInt8(ascii: "_"))
        }
        var shown: [UInt8] = []
        var hiddenEnd = 0
        var mark = ""
        for position in text.indices {
            let here = patterns.compactMap { pattern -> (end: Int, mark: String)? in
                guard let end = end(of: pattern, at: position, in: text),
                    !(pattern.view == .alone && (isWord(position - 1) || isWord(end)))
                else { return nil }
                return (end, pattern.mark)
            }
            if let longest = here.max(by: { $0.end < $1.end }), longest.end > hiddenEnd {
                if position >= hiddenEnd {
                    shown += longest.mark.utf8
                    mark = longest.mark
                }
                for _ in text[max(position, hiddenEnd)..<longest.end].filter({ $0 == .lineFeed }) {
                    shown += Array("\n\(mark)".utf8)
                }
                hiddenEnd = longest.end
            }
            if position >= hiddenEnd { shown.append(text[position]) }
        }
        return String(decoding: shown, as: UTF8.self)
    }

    /// A text that has begun may go on below a long line.
    private static func end(of pattern: Pattern, at start: Int, in text: [UInt8]) -> Int? {
        var position = start
        for index in 0..<pattern.bytes.count {
            if index >= 4, pattern.view != .alone, position >= 20, position < text.count, text[position] == .lineFeed,
                !text[(position - 20)..<position].contains(.lineFeed)
            {
                position += 1
                while position < text.count, text[position] == 0x20 { position += 1 }
            }
            guard position < text.count, text[position] == pattern.bytes[index] else { return nil }
            position += 1
        }
        return position
    }
}
