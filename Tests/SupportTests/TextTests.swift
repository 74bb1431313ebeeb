import Support
import Testing

@Suite struct TextTests {
    @Test func `a moment has the same digits in each of its texts`() {
        let time = UTCTime(seconds: 1_795_456_109, microseconds: 3_933)
        #expect(time.shown.description == "2026-11-23T17:48:29Z")
        #expect(time.precise.description == "2026-11-23T17:48:29.003933Z")
        #expect(time.spaced.description == "2026-11-23 17:48:29.003933")
        #expect(time.compact.description == "20261123-174829.003933")
        #expect(UTCTime(seconds: 0).precise.description == "1970-01-01T00:00:00.000000Z")
        #expect(UTCTime.now.seconds > 1_700_000_000 && (0..<1_000_000).contains(UTCTime.now.microseconds))
    }

    @Test func `bytes have two digits each, and a digest is that of the standard's example`() {
        #expect(Hex.text([0x00, 0x0f, 0xa0, 0xff]) == "000fa0ff" && Hex.text([]) == "")
        let digest = SHA2.sha256(Array("abc".utf8))
        #expect(Hex.text(digest) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Hex.shown(digest: digest).description == Hex.text(digest))
    }
    @Test func `libcrypto gives the standards' examples, whole and in pieces`() throws {
        let abc = Array("abc".utf8)
        #expect(LibCrypto.digest("sha1", abc).map { Hex.text($0) } == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            LibCrypto.digest("no-such-digest", abc) == nil && !LibCrypto.namesDigest("no-such-digest")
                && LibCrypto.namesDigest("sha512"))
        #expect(DigestStream("no-such-digest").map { _ in true } == nil)
        let stream = try #require(DigestStream("sha256"))
        for byte in abc { stream.add([byte]) }
        #expect(stream.finish() == Hex.text(SHA2.sha256(abc)))
        // RFC 4231, test case 2.
        let code = try LibCrypto.hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(Hex.text(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(LibCrypto.base64(Array("fooba".utf8)) == "Zm9vYmE=" && LibCrypto.base64([]) == "")
        #expect(LibCrypto.equal(abc, abc) && !LibCrypto.equal(abc, Array("abd".utf8)) && !LibCrypto.equal(abc, []))
    }

    @Test func `what is escaped is a scalar, whatever Character it is part of`() {
        let text = "a\r\nb\"\u{301}c%".escaping { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\"": "\\\""
            default: nil
            }
        }
        #expect(Array(text.utf8) == Array("a\r\\nb\\\"\u{301}c%".utf8))
    }

    @Test func `random names have the length that was asked for, and differ`() {
        #expect(Hex.random(bytes: 8).count == 16 && Hex.random(bytes: 8) != Hex.random(bytes: 8))
    }

    @Test(arguments: [
        ("whn", "when", 1), ("ulr", "url", 1), ("Copy", "copy", 0), ("", "ab", 2), ("kitten", "sitting", 3),
        ("apt", "service", Int.max),
    ])
    func `words differ by their edits, two swapped letters being one`(
        _ first: String, _ second: String, _ distance: Int
    ) {
        #expect(EditDistance.between(first, second, limit: 3) == distance)
        #expect(EditDistance.between(second, first, limit: 3) == distance)
    }
}
