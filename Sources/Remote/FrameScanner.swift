import Glibc

/// Splits one stream of a session's channel into the calls' output and the frames of the session's shell.
///
/// A frame is the session's marker, some words and a newline. It may begin anywhere, since output needs no newline at
/// its end. The marker holds 128 random bits,
/// so nothing looks like a frame by chance; a call that reads the spool can find it there, so what a frame says of a
/// call's end is believed with its `EndProof` only.
struct FrameScanner {
    enum Piece: Equatable {
        case output([UInt8])
        /// What stands between the marker and the newline.
        case frame(String)
    }

    /// First byte of every marker (RS), to look for.
    static let firstByte: UInt8 = 0x1e
    /// No frame of the shell's is longer.
    private static let longestFrame = 4096

    private let marker: [UInt8]
    /// The beginning of what may still become a frame.
    private var held: [UInt8] = []

    /// - Precondition: the marker begins with `firstByte` and has no other.
    init(marker: [UInt8]) { self.marker = marker }

    mutating func feed(_ chunk: [UInt8]) -> [Piece] {
        if held.isEmpty, index(of: Self.firstByte, in: chunk, from: 0) == nil {
            return chunk.isEmpty ? [] : [.output(chunk)]
        }
        let bytes = held + chunk
        held = []
        var pieces: [Piece] = []
        var outputStart = 0
        var position = 0
        func flush(upTo end: Int) {
            if end > outputStart { pieces.append(.output(Array(bytes[outputStart..<end]))) }
        }
        while let start = index(of: Self.firstByte, in: bytes, from: position) {
            let comparable = min(bytes.count - start, marker.count)
            guard bytes[start..<(start + comparable)].elementsEqual(marker[..<comparable]) else {
                position = start + 1
                continue
            }
            guard comparable == marker.count,
                let end = index(of: UInt8(ascii: "\n"), in: bytes, from: start + marker.count)
            else {
                guard bytes.count - start <= Self.longestFrame else { break }
                flush(upTo: start)
                held = Array(bytes[start...])
                return pieces
            }
            flush(upTo: start)
            pieces.append(.frame(String(decoding: bytes[(start + marker.count)..<end], as: UTF8.self)))
            outputStart = end + 1
            position = end + 1
        }
        flush(upTo: bytes.count)
        return pieces
    }

    /// The pointer does not leave the call.
    private func index(of byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base + start, Int32(byte), buffer.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
