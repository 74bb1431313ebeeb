import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// The first index from `start` on whose byte `isSpecial` gives something other than 0 for, or `count`.
    ///
    /// Most bytes of most texts are plain. They are looked at in blocks without a branch inside, which is compiled to
    /// vector instructions;
    /// for that `isSpecial` must have no branch either.
    @inline(__always)
    func firstIndex(from start: Int, where isSpecial: (UInt8) -> UInt8) -> Int {
        let block = 32
        var position = start
        while position &+ block <= count {
            var found: UInt8 = 0
            for offset in 0..<block { found |= isSpecial(self[position &+ offset]) }
            if found != 0 { break }
            position &+= block
        }
        while position < count, isSpecial(self[position]) == 0 { position &+= 1 }
        return position
    }

    /// The first index from `start` on with this byte, or `count`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int {
        guard let base = baseAddress, start < count, let found = memchr(base + start, Int32(byte), count - start) else {
            return count
        }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
