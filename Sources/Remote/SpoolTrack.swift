/// A place in one stream of a session's spool.
struct SpoolPosition: Sendable, Equatable {
    var segment = 0
    /// Bytes of the segment that are known.
    var offset = 0

    /// A number of a call or a segment, as a host says it: none that can't be counted on from.
    static func count(_ text: Substring) -> Int? { Int(text).flatMap { (0..<1 << 48).contains($0) ? $0 : nil } }
}

/// One stream of a session as it is read: which bytes belong to which call, and where in the spool they stand. A value
/// without I/O.
struct SpoolTrack {
    enum Item: Equatable {
        case output(call: Int, [UInt8])
        /// Something was left out here.
        case gap(call: Int)
        /// The call's output has ended on this stream; the status comes on standard output.
        case ended(call: Int, status: Int32?)
        /// The next segment is to be read. `mayGo`: nobody needs what was in the one before but as the middle of a long
        /// output.
        case nextSegment(Int, mayGo: Bool)
        /// Any other frame's words.
        case frame([Substring])
    }

    private var scanner: FrameScanner
    private let marker: String
    private let proof: EndProof
    private(set) var position: SpoolPosition
    /// The call that the next bytes belong to.
    private(set) var call: Int
    /// The call to which each segment's beginning belongs, oldest first.
    private var beginnings: [(segment: Int, call: Int)]
    /// What stood in the segment that is read: nothing but output of one call?
    private var isPure = true
    /// Segments of nothing but the running call's output that are kept: its beginning.
    private var pureKept = 0
    private static let keptBeginning = 2

    /// - Parameter proof: of the calls' ends; one that does not give it is output.
    init(marker: String, proof: EndProof, at segment: Int = 0, call: Int = 1) {
        scanner = FrameScanner(marker: Array(marker.utf8))
        self.marker = marker
        self.proof = proof
        position = SpoolPosition(segment: segment)
        self.call = call
        beginnings = [(segment, call)]
    }

    /// Takes what was read from the spool.
    mutating func feed(_ bytes: [UInt8]) -> [Item] {
        position.offset += bytes.count
        return scanner.feed(bytes).map { piece in
            switch piece {
            case .output(let bytes): return .output(call: call, bytes)
            case .frame(let text):
                let words = text.split(separator: " ")
                switch words.first {
                case "e":
                    guard words.count > 2, let number = SpoolPosition.count(words[1]),
                        words.last ?? "" == proof.text(of: number)
                    else {
                        return .output(call: call, Array("\(marker)\(text)\n".utf8))
                    }
                    isPure = false
                    // The end of an earlier call stands in the spool with its proof, and may be printed again.
                    call = max(call, number + 1)
                    pureKept = 0
                    return .ended(call: number, status: words.count > 3 ? Int32(words[2]) : nil)
                case "s":
                    guard words.count > 1, let number = SpoolPosition.count(words[1]) else { break }
                    return begin(segment: number + 1)
                case "x": return .gap(call: call)
                default: isPure = false
                }
                return .frame(words)
            }
        }
    }

    private mutating func begin(segment: Int) -> Item {
        if isPure { pureKept += 1 }
        let mayGo = isPure && pureKept > Self.keptBeginning
        position = SpoolPosition(segment: segment)
        beginnings.append((segment, call))
        isPure = true
        return .nextSegment(segment, mayGo: mayGo)
    }

    /// What was known of a call's end in another way: the bytes from here on are not its own.
    mutating func pass(_ number: Int) { call = max(call, number + 1) }

    /// Calls up to `number` are done with. Returns the first segment that is still needed and whose its beginning is,
    /// if that has moved.
    mutating func acknowledge(through number: Int) -> (segment: Int, call: Int)? {
        guard let index = beginnings.lastIndex(where: { $0.call <= number + 1 }), index > 0 else { return nil }
        beginnings.removeFirst(index)
        return beginnings.first
    }
}

/// Finds the greeting after whatever a login shell prints before it.
struct GreetingScanner {
    private let marker: [UInt8]
    /// The last of what came before.
    private(set) var noise: [UInt8] = []
    /// All bytes that came, also those that are not in `noise` any more.
    private(set) var count = 0
    /// No greeting begins before it.
    private var searched = 0
    private static let longestNoise = 64 << 10

    init(marker: String) { self.marker = Array(marker.utf8) }

    /// The greeting's words and the bytes after it, once it is whole.
    mutating func feed(_ bytes: [UInt8]) -> (words: [Substring], rest: [UInt8])? {
        noise += bytes
        count += bytes.count
        while let start = noise[searched...].firstIndex(of: FrameScanner.firstByte) {
            searched = start
            let text = noise[start...].prefix(marker.count)
            if !marker.starts(with: text) {
                searched = start + 1
                continue
            }
            guard text.count == marker.count, let end = noise[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                break
            }
            return (
                String(decoding: noise[(start + marker.count)..<end], as: UTF8.self).split(separator: " "),
                Array(noise[(end + 1)...])
            )
        }
        if noise.count - searched > Self.longestNoise
            || noise[searched...].firstIndex(of: FrameScanner.firstByte) == nil
        {
            searched = noise.count
        }
        if noise.count > 2 * Self.longestNoise {
            let surplus = min(searched, noise.count - Self.longestNoise)
            noise.removeFirst(surplus)
            searched -= surplus
        }
        return nil
    }
}
