import BigInt

extension Filters {
    static let randomFilters: [String: Operation] = [
        "random": Operation(["start", "step", "seed"]) { operand throws(TemplateError) in
            var generator = try PythonRandom(seed: operand[2], operand.context)
            if let end = operand.input.intValue {
                let start = if let value = operand[0], !value.isNone { try operand.int(0) } else { 0 }
                let step = if let value = operand[1], !value.isNone { try operand.int(1) } else { 1 }
                let range = RangeObject(start: start, stop: end, step: step == 0 ? 1 : step)
                guard step != 0, range.count > 0 else { throw .other("empty range for randrange()") }
                return .int(range[generator.below(range.count)])
            }
            if operand[0].map({ !$0.isNone }) ?? false || operand[1].map({ !$0.isNone }) ?? false {
                throw .other("start and step can only be used with integer values")
            }
            guard operand.input.typeName != "float", let items = try operand.input.iterated(operand.context),
                operand.input.typeName != "dict"
            else {
                throw .other("random can only be used on sequences and integers")
            }
            guard !items.isEmpty else { throw .other("Cannot choose from an empty sequence") }
            return items[generator.below(items.count)]
        },
        "shuffle": Operation(["seed"]) { operand throws(TemplateError) in
            guard var items = try operand.input.iterated(operand.context) else { return operand.input }
            var generator = try PythonRandom(seed: operand[0], operand.context)
            for index in items.indices.dropFirst().reversed() { items.swapAt(index, generator.below(index + 1)) }
            return .list(items)
        },
    ]
}

/// Python's `random.Random`: with a seed, the same sequence as there.
struct PythonRandom {
    private var state = [UInt32](repeating: 0, count: 624)
    private var position = 624

    /// Without a seed the system's generator fills the state.
    init(seed: Object?, _ context: RenderContext) throws(TemplateError) {
        var key: [UInt32]
        switch seed {
        case nil, .some(.none): key = (0..<624).map { _ in UInt32.random(in: .min ... .max) }
        case .string(let text, _):
            key = PythonRandom.words(Array(text.utf8) + (try Digest.bytes("sha512", Array(text.utf8))))
        case .bytes(let bytes): key = PythonRandom.words(bytes + (try Digest.bytes("sha512", bytes)))
        case .some(let other):
            guard let number = NumberFormat.big(other) else {
                throw .other("a seed must be a number or a text, not \(other.typeName)")
            }
            key = PythonRandom.words(Array(number.magnitude.serialize()))
        }
        if key.isEmpty { key = [0] }
        fill(19_650_218)
        mix(key)
    }

    /// Big-endian bytes as 32-bit words, the least significant first.
    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        var words: [UInt32] = []
        var rest = Array(bytes.drop { $0 == 0 })
        while !rest.isEmpty {
            words.append(rest.suffix(4).reduce(0) { $0 << 8 | UInt32($1) })
            rest.removeLast(min(4, rest.count))
        }
        return words
    }

    private mutating func fill(_ seed: UInt32) {
        state[0] = seed
        for index in 1..<624 {
            state[index] = 1_812_433_253 &* (state[index - 1] ^ (state[index - 1] >> 30)) &+ UInt32(index)
        }
    }
    private mutating func mix(_ key: [UInt32]) {
        var i = 1
        var j = 0
        for _ in 0..<max(624, key.count) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_664_525)) &+ key[j] &+ UInt32(j)
            i += 1
            j += 1
            if i >= 624 {
                state[0] = state[623]
                i = 1
            }
            if j >= key.count { j = 0 }
        }
        for _ in 0..<623 {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_566_083_941)) &- UInt32(i)
            i += 1
            if i >= 624 {
                state[0] = state[623]
                i = 1
            }
        }
        state[0] = 0x8000_0000
    }

    /// MT19937.
    private mutating func next() -> UInt32 {
        if position >= 624 {
            for index in 0..<624 {
                let bits = (state[index] & 0x8000_0000) | (state[(index + 1) % 624] & 0x7FFF_FFFF)
                state[index] = state[(index + 397) % 624] ^ (bits >> 1) ^ (bits & 1 == 0 ? 0 : 0x9908_B0DF)
            }
            position = 0
        }
        var word = state[position]
        position += 1
        word ^= word >> 11
        word ^= word << 7 & 0x9D2C_5680
        word ^= word << 15 & 0xEFC6_0000
        return word ^ word >> 18
    }

    private mutating func bits(_ count: Int) -> UInt64 {
        if count <= 32 { return UInt64(next() >> UInt32(32 - count)) }
        let low = UInt64(next())
        return UInt64(next() >> UInt32(64 - count)) << 32 | low
    }

    /// A number from 0 up to, but not, the limit.
    mutating func below(_ limit: Int) -> Int {
        let width = Int.bitWidth - limit.leadingZeroBitCount
        while true {
            let candidate = Int(truncatingIfNeeded: bits(width))
            if candidate < limit { return candidate }
        }
    }
}
