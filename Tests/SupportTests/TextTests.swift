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
}
