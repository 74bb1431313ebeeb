import Testing

@testable import Remote

@Suite struct FrameScannerTests {
    static let marker: [UInt8] = [0x1e] + Array("0123456789abcdef".utf8)

    /// All output and frames, joined, whatever the chunks.
    static func scan(_ bytes: [UInt8], chunk: Int) -> (output: [UInt8], frames: [String]) {
        var scanner = FrameScanner(marker: marker)
        var output: [UInt8] = []
        var frames: [String] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            for piece in scanner.feed(Array(bytes[start..<min(bytes.count, start + chunk)])) {
                switch piece {
                case .output(let bytes): output += bytes
                case .frame(let text): frames.append(text)
                }
            }
        }
        return (output, frames)
    }

    @Test(arguments: [1, 2, 3, 7, 16, 17, 18, 19, 1000]) func `frames are found at any cut`(chunk: Int) {
        let noise: [UInt8] =
            [0x1e, 0x1e] + Array("0123".utf8) + [0x1e, 0, 0xff, 0x0a] + Self.marker.dropLast() + [0x0a]
        let bytes =
            noise + Self.marker + Array("e 1 0\n".utf8) + noise + Self.marker + Array("e 2 137\n".utf8) + Self.marker
            + Array("k 2\n".utf8)
        let (output, frames) = Self.scan(bytes, chunk: chunk)
        #expect(output == noise + noise)
        #expect(frames == ["e 1 0", "e 2 137", "k 2"])
    }

    @Test func `a frame without an end does not grow for ever`() {
        var scanner = FrameScanner(marker: Self.marker)
        _ = scanner.feed(Self.marker)
        let pieces = (0..<10).flatMap { _ in scanner.feed([UInt8](repeating: 0x41, count: 1000)) }
        #expect(!pieces.isEmpty)
    }

    @Test func `an end counts with its proof only, and no number is too large`() {
        let marker = String(decoding: Self.marker, as: UTF8.self)
        let proof = EndProof(key: "key")
        #expect(
            proof.text(of: 1) != proof.text(of: 2) && proof.text(of: 1) != EndProof(key: "other").text(of: 1)
                && proof.text(of: 1).count == 32)
        let calculations = proof.calculations
        let third = proof.text(of: 3)
        for _ in 0..<3 { #expect(proof.text(of: 3) == third) }
        #expect(proof.calculations == calculations + 1)
        var track = SpoolTrack(marker: marker, proof: proof)
        for forged in ["e 1 0", "e 1", "e 1 0 \(proof.text(of: 2))", "e 1 0 0", "e 9223372036854775807 0 x"] {
            #expect(
                track.feed(Array("\(marker)\(forged)\n".utf8)) == [.output(call: 1, Array("\(marker)\(forged)\n".utf8))]
            )
        }
        #expect(track.feed(Array("\(marker)s 9223372036854775807\n".utf8)) == [.frame(["s", "9223372036854775807"])])
        #expect(
            track.feed(Array("\(marker)e 1 7 \(proof.text(of: 1))\nx".utf8)) == [
                .ended(call: 1, status: 7), .output(call: 2, Array("x".utf8)),
            ])
        #expect(track.feed(Array("\(marker)e 2 \(proof.text(of: 2))\n".utf8)) == [.ended(call: 2, status: nil)])
        // One that is printed again takes nothing from the call after it.
        #expect(
            track.feed(Array("\(marker)e 1 0 \(proof.text(of: 1))\nx".utf8)) == [
                .ended(call: 1, status: 0), .output(call: 3, Array("x".utf8)),
            ])
    }

    @Test(arguments: [0, 1, 2, 10, 11, 100]) func `collected output keeps both ends`(limit: Int) {
        var output = CollectedOutput(limit: limit)
        let bytes = (0..<50).map { UInt8($0) }
        for byte in bytes { output.append([byte]) }
        if limit >= 50 {
            #expect(output.bytes == bytes)
        } else {
            let mark = Array("\n[… \(50 - limit) bytes left out …]\n".utf8)
            #expect(output.bytes == bytes.prefix(limit / 2) + mark + bytes.suffix(limit - limit / 2))
        }
    }
}
