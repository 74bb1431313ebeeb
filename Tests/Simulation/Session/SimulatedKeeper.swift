/// What a session leaves on its host, as a model: which calls have run, and the two streams of the spool. A value.
///
/// The scripts of the simulation are numbers: what a script prints and how it ends follows from its number.
struct SimulatedKeeper {
    private let marker: String
    private let segmentBytes: Int
    private(set) var segments: [[[UInt8]]] = [[[]], [[]]]
    /// The first segment that is still there, and whose call's its beginning is.
    private(set) var first = [(segment: 0, call: 1), (segment: 0, call: 1)]
    private(set) var last = 0
    private var lastEnded: (number: Int, status: Int, proof: Substring) = (0, 0, "-")
    private(set) var attachment: Substring = ""
    /// Calls in the order in which they have run: script, and bytes of input.
    private(set) var ledger: [LedgerEntry] = []
    private var running: (number: Int, script: Int, proof: Substring)?
    /// What the running call has still to print, by stream, in pieces.
    private var pending: [(stream: Int, bytes: ArraySlice<UInt8>)] = []

    /// It has ended; only its ledger is of interest.
    var isGone = false

    struct LedgerEntry: Equatable { var script: Int, input: Int }

    init(marker: String, segmentBytes: Int) { (self.marker, self.segmentBytes) = (marker, segmentBytes) }

    static func output(of script: Int, stream: Int) -> [UInt8] {
        let length = script &* 7919 % (script % 5 == 0 ? 6000 : 300) * (stream == 0 ? 1 : script % 3) / (stream + 1)
        return (0..<length).map { UInt8(truncatingIfNeeded: ($0 &* 31) ^ script ^ stream) }
    }
    static func status(of script: Int) -> Int { script % 128 }
    static let statusOfKilled = 143, statusOfRefused = 125

    var isRunning: Bool { running != nil }

    mutating func hello(_ name: Substring) {
        attachment = name
        append("\(marker)h \(name) \(last) \(lastEnded.number) \(lastEnded.status) \(lastEnded.proof)\n", 0)
    }

    /// Nothing more comes on either stream until the next command.
    mutating func rest(for name: Substring) {
        guard name == attachment, running == nil else { return }
        for stream in 0..<2 { append("\(marker)i \(name)\n", stream) }
    }

    mutating func ready(_ number: Int, for name: Substring) {
        if name == attachment { append("\(marker)r \(number) \(name)\n", 0) }
    }

    /// Takes a call as the keeper does: the next number from who is attached, and no other.
    mutating func take(_ number: Int, proof: Substring, script: Int, input: Int, inGroup: Bool, from name: Substring) {
        guard name == attachment, number == last + 1, running == nil else { return }
        last = number
        ledger.append(LedgerEntry(script: script, input: input))
        running = (number, script, proof)
        if inGroup { append("\(marker)b \(number) 4711\n", 0) }
        for stream in 0..<2 {
            let bytes = Self.output(of: script, stream: stream)
            for start in stride(from: 0, to: bytes.count, by: 100) {
                pending.append((stream, bytes[start..<min(start + 100, bytes.count)]))
            }
        }
    }

    /// The running call gets on by one piece, or ends.
    mutating func step() {
        guard let running else { return }
        guard let piece = pending.first else { return end(Self.status(of: running.script)) }
        pending.removeFirst()
        append(Array(piece.bytes), piece.stream)
    }

    /// A call whose input did not arrive whole ends without having run.
    mutating func refuse(_ number: Int, proof: Substring, from name: Substring) {
        guard name == attachment, number == last + 1, running == nil else { return }
        last = number
        running = (number, 0, proof)
        append("no room for the call's script or input", 1)
        end(Self.statusOfRefused)
    }

    mutating func kill(_ number: Int) {
        if running?.number == number {
            pending = []
            end(Self.statusOfKilled)
        }
        append("\(marker)k \(number)\n", 0)
    }

    private mutating func end(_ status: Int) {
        guard let running else { return }
        self.running = nil
        lastEnded = (running.number, status, running.proof)
        append("\(marker)e \(running.number) \(status) \(running.proof)\n", 0)
        append("\(marker)e \(running.number) \(running.proof)\n", 1)
    }

    /// Segments before `segment` are done with.
    mutating func forget(_ stream: Int, before segment: Int, call: Int) {
        first[stream] = (segment, call)
        for index in 0..<min(segment, segments[stream].count) { segments[stream][index] = [] }
    }

    /// A segment in the middle of a long output is received, and a gap for who comes later.
    mutating func leaveOut(_ stream: Int, _ segment: Int) {
        segments[stream][segment] = Array("\(marker)x\n\(marker)s \(segment)\n".utf8)
    }

    private mutating func append(_ text: String, _ stream: Int) { append(Array(text.utf8), stream) }
    private mutating func append(_ bytes: [UInt8], _ stream: Int) {
        let current = segments[stream].endIndex - 1
        segments[stream][current] += bytes
        guard segments[stream][current].count >= segmentBytes else { return }
        segments[stream][current] += Array("\(marker)s \(current)\n".utf8)
        segments[stream].append([])
    }
}
