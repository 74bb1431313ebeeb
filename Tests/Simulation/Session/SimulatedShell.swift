/// The attached shell at a channel's end, as a model: what arrived of its input, and where its two readers are. A
/// value.
struct SimulatedShell {
    typealias Keepers = [Substring: SimulatedKeeper]
    private(set) var spool: Substring?
    private(set) var name: Substring = ""
    private(set) var marker = ""
    /// It has ended: nothing more comes but what is on its way.
    private(set) var hasEnded = false
    private var input: [UInt8] = []
    /// Printed by the shell itself, before the readers come on.
    private var own: [[UInt8]] = [[], []]
    private var segment = [0, 0], offset = [0, 0]
    /// Its two readers are there.
    private var isReading = true
    /// A call that waits for its input, of which so much has come; `missing` of the chunk that is coming.
    private var upload: (function: Substring, number: Int, proof: Substring, script: Int, received: Int, missing: Int)?

    /// Takes what has arrived, and runs the commands that are whole.
    mutating func take(_ bytes: some Sequence<UInt8>, _ keepers: inout Keepers, newSegmentBytes: Int) {
        input += bytes
        if marker.isEmpty, !open(&keepers, newSegmentBytes: newSegmentBytes) { return }
        while !hasEnded, let spool, keepers[spool]?.isGone == false, step(spool, &keepers) {}
    }

    /// What it would print next of a stream: at most so much arrives.
    func output(_ stream: Int, _ keepers: Keepers) -> ArraySlice<UInt8> {
        if !own[stream].isEmpty { return own[stream][...] }
        guard !hasEnded, isReading, let spool, let keeper = keepers[spool], !keeper.isGone,
            keeper.segments[stream].indices.contains(segment[stream])
        else { return [] }
        return keeper.segments[stream][segment[stream]].dropFirst(offset[stream])
    }

    mutating func delivered(_ count: Int, of stream: Int) {
        if own[stream].isEmpty { offset[stream] += count } else { own[stream].removeFirst(count) }
    }

    mutating func end() { hasEnded = true }

    /// One command, or one chunk of input; false when it is not whole yet.
    private mutating func step(_ spool: Substring, _ keepers: inout Keepers) -> Bool {
        if let upload, upload.missing > 0 {
            let count = min(upload.missing, input.count)
            input.removeFirst(count)
            self.upload?.missing -= count
            self.upload?.received += count
            return count > 0
        }
        guard let end = Self.endOfLine(input) else { return false }
        let line = String(decoding: input[..<end], as: UTF8.self)
        input.removeFirst(end + 1)
        if let upload, !line.hasPrefix("_") {
            guard let count = Int(line), count <= 0 else {
                self.upload?.missing = Int(line) ?? 0
                return true
            }
            self.upload = nil
            if count == 0 {
                keepers[spool]?.take(
                    upload.number, proof: upload.proof, script: upload.script, input: upload.received,
                    inGroup: upload.function == "_g", from: name)
            } else {
                keepers[spool]?.refuse(upload.number, proof: upload.proof, from: name)
            }
            return true
        }
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\n" })
        func number(_ index: Int) -> Int { words.indices.contains(index) ? Int(words[index]) ?? -1 : -1 }
        switch words.first {
        case "_p", "_i":
            let parts = line.split(separator: "'", omittingEmptySubsequences: false)
            guard words.count > 4, parts.count > 2,
                let script = parts[1].split(separator: " ").last.flatMap({ Int($0) })
            else { break }
            if words[0] == "_p" {
                let sent = parts.count > 4 ? parts[3].count : 0
                keepers[spool]?.take(
                    number(2), proof: words[3], script: script, input: sent, inGroup: words[1] == "_g", from: name)
            } else {
                upload = (words[1], number(2), words[3], script, 0, 0)
                keepers[spool]?.ready(number(2), for: name)
            }
        case "_t": (segment[number(1) - 1], offset[number(1) - 1]) = (number(2), 0)
        case "_n": isReading = false
        case "_w":
            for stream in 0..<2 {
                (segment[stream], offset[stream]) = (number(1 + 2 * stream), number(2 + 2 * stream) - 1)
            }
            isReading = true
        case "_x": keepers[spool]?.forget(number(1) - 1, before: number(2), call: number(3))
        case "_m": keepers[spool]?.leaveOut(number(1) - 1, number(2))
        case "_v" where number(2) >= 0 && words[1] == "_k": keepers[spool]?.kill(number(2))
        case "_v" where words.count > 2 && words[1] == "_z": keepers[spool]?.rest(for: words[2])
        case "_v" where words.count > 2 && words[1] == "_h": keepers[spool]?.hello(words[2])
        case "_Q":
            keepers[spool]?.isGone = true
            own = [Array("\(marker)q\n".utf8), []]
            hasEnded = true
        case "_K":
            keepers[spool]?.isGone = true
            hasEnded = true
        default: break
        }
        return true
    }

    /// The end of the first line outside of quotes.
    private static func endOfLine(_ text: [UInt8]) -> Int? {
        var isQuoted = false
        return text.firstIndex { byte in
            if byte == UInt8(ascii: "'") { isQuoted.toggle() }
            return byte == UInt8(ascii: "\n") && !isQuoted
        }
    }

    /// The opening, once all of it is there.
    private mutating func open(_ keepers: inout Keepers, newSegmentBytes: Int) -> Bool {
        let text = String(decoding: input, as: UTF8.self)
        let makes = text.hasSuffix("\n_start\n") && text.contains("\neval \"$_")
        guard makes || text.contains("z gone ") && text.hasSuffix("\nfi\n") else { return false }
        func value(_ name: String) -> Substring {
            text.firstRange(of: "\(name)='").map { text[$0.upperBound...].prefix { $0 != "'" } } ?? ""
        }
        input = []
        marker = String(value("_M"))
        name = value("_A")
        let spool = value("_I")
        if keepers[spool]?.isGone ?? true {
            guard makes, keepers[spool] == nil else {
                own = [Array("\(marker)z gone - \n".utf8), Array("\(marker)g\n".utf8)]
                hasEnded = true
                return true
            }
            keepers[spool] = SimulatedKeeper(marker: marker, segmentBytes: newSegmentBytes)
        }
        guard let keeper = keepers[spool] else { return true }
        self.spool = spool
        var places = ["", ""]
        for stream in 0..<2 {
            let place =
                text.firstRange(of: "_\(stream + 1)='").map { text[$0.upperBound...].prefix { $0 != "'" } } ?? ""
            let numbers = place.split(separator: " ").compactMap { Int($0) }
            if numbers.count == 2 {
                (segment[stream], offset[stream]) = (numbers[0], numbers[1] - 1)
                places[stream] = String(place)
            } else {
                (segment[stream], offset[stream]) = (keeper.first[stream].segment, 0)
                places[stream] = "\(keeper.first[stream].segment) \(keeper.first[stream].call)"
            }
        }
        own = [
            Array(
                "Last login: never\n\(marker)g \(places[0]) \(places[1]) mr - boot Linux 6 x86_64 host 0 root /bin/sh\n"
                    .utf8), Array("\(marker)g\n".utf8),
        ]
        keepers[spool]?.hello(name)
        return true
    }
}
