/// Random numbers that a seed repeats (SplitMix64), one stream for each thing that draws from it, whatever order they
/// draw in.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(_ seed: UInt64, stream: String = "") {
        state = seed
        for byte in stream.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        _ = next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// True in `share` of 100 cases.
    package mutating func chance(_ share: Int) -> Bool { Int.random(in: 0..<100, using: &self) < share }

    /// From 1 to `most`, each order of magnitude as likely as any other: small numbers are where the edges are.
    package mutating func magnitude(upTo most: Int) -> Int {
        let bits = Int.random(in: 0...(Int.bitWidth - 1 - most.leadingZeroBitCount), using: &self)
        return min(most, Int.random(in: (1 << bits)..<(2 << bits), using: &self))
    }
}
