/// `bcrypt_pbkdf`, which encrypted OpenSSH keys derive their cipher key with, and which libcrypto lacks.
///
/// Source: the description in OpenBSD's bcrypt_pbkdf(3) and the Blowfish and bcrypt papers (Schneier 1993; Provos and
/// Mazières 1999).
/// Deliberately slow: about 0.1 s with ssh-keygen's default of 16 rounds. Call it off the concurrency pool.
enum BcryptPBKDF {
    static func derive(passphrase: [UInt8], salt: [UInt8], rounds: Int, count: Int) -> [UInt8] {
        precondition(rounds > 0 && count > 0 && count <= 1024)
        let hashedPassphrase = Crypto.sha512(passphrase)
        // The blocks' bytes are dealt out in turn, so that every byte of the key costs all of the work.
        let blocks = (count + 31) / 32
        var key = [UInt8](repeating: 0, count: count)
        var cipher = Blowfish()
        for block in 0..<blocks {
            let number = UInt32(block + 1)
            var hash = cipher.bcryptHash(
                hashedPassphrase, Crypto.sha512(salt + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }))
            var sum = hash
            for _ in 1..<max(rounds, 1) {
                hash = cipher.bcryptHash(hashedPassphrase, Crypto.sha512(hash))
                for index in sum.indices { sum[index] ^= hash[index] }
            }
            for (index, byte) in sum.enumerated() where index * blocks + block < count {
                key[index * blocks + block] = byte
            }
        }
        return key
    }
}

/// The Blowfish cipher with bcrypt's expensive key schedule.
private struct Blowfish {
    /// 18 subkeys, then four boxes of 256.
    private var state = PiDigits.words

    mutating func bcryptHash(_ passphrase: [UInt8], _ salt: [UInt8]) -> [UInt8] {
        state = PiDigits.words
        let key = Self.bigEndianWords(passphrase)
        let salt = Self.bigEndianWords(salt)
        var text = Self.bigEndianWords(Array("OxychromaticBlowfishSwatDynamite".utf8))
        state.withUnsafeMutableBufferPointer { state in
            Self.expand(state, key: key, salt: salt)
            for _ in 0..<64 {
                Self.expand(state, key: salt, salt: nil)
                Self.expand(state, key: key, salt: nil)
            }
            for _ in 0..<64 {
                for pair in stride(from: 0, to: text.count, by: 2) {
                    (text[pair], text[pair + 1]) = Self.encrypt(state, text[pair], text[pair + 1])
                }
            }
        }
        return text.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) } }
    }

    private static func expand(_ state: UnsafeMutableBufferPointer<UInt32>, key: [UInt32], salt: [UInt32]?) {
        for index in 0..<18 { state[index] ^= key[index % key.count] }
        var left: UInt32 = 0
        var right: UInt32 = 0
        var position = 0
        for index in stride(from: 0, to: state.count, by: 2) {
            if let salt {
                left ^= salt[position % salt.count]
                right ^= salt[(position + 1) % salt.count]
                position += 2
            }
            (left, right) = encrypt(state, left, right)
            state[index] = left
            state[index + 1] = right
        }
    }

    @inline(__always)
    private static func encrypt(
        _ state: UnsafeMutableBufferPointer<UInt32>, _ first: UInt32, _ second: UInt32
    ) -> (UInt32, UInt32) {
        var left = first
        var right = second
        for round in 0..<16 {
            left ^= state[round]
            let a = state[18 + Int(left >> 24)]
            let b = state[274 + Int(left >> 16 & 255)]
            let c = state[530 + Int(left >> 8 & 255)]
            let d = state[786 + Int(left & 255)]
            right ^= ((a &+ b) ^ c) &+ d
            swap(&left, &right)
        }
        return (right ^ state[17], left ^ state[16])
    }

    private static func bigEndianWords(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
}

/// Blowfish starts from the fraction of pi: 1042 words of 32 bits, computed here once instead of being listed.
enum PiDigits {
    static let words: [UInt32] = {
        // Machin: pi = 16 arctan(1/5) - 4 arctan(1/239), in fixed point; the last two of these words only absorb
        // rounding.
        var sum = arctan(5, factor: 16)
        let small = arctan(239, factor: 4)
        var borrow: UInt64 = 0
        for index in sum.indices.reversed() {
            let difference = UInt64(sum[index]) &- UInt64(small[index]) &- borrow
            sum[index] = UInt32(truncatingIfNeeded: difference)
            borrow = difference >> 63
        }
        return Array(sum[1...1042])
    }()

    /// `factor` · arctan(1/x): the integer part, then the fraction's words.
    private static func arctan(_ x: UInt32, factor: UInt32) -> [UInt32] {
        let count = 1 + 1042 + 2
        var power = [UInt32](repeating: 0, count: count)
        var sum = power
        power[0] = factor
        var first = divide(&power, by: x, from: 0)
        sum = power
        var term = power
        var divisor: UInt32 = 1
        var isAdded = false
        while first < count {
            first = divide(&power, by: x * x, from: first)
            divisor += 2
            for index in first..<count { term[index] = power[index] }
            _ = divide(&term, by: divisor, from: first)
            add(term, to: &sum, from: first, subtracting: !isAdded)
            isAdded.toggle()
        }
        return sum
    }

    /// Returns where the quotient's first digit that is not zero stands.
    private static func divide(_ number: inout [UInt32], by divisor: UInt32, from first: Int) -> Int {
        var remainder: UInt64 = 0
        number.withUnsafeMutableBufferPointer { digits in
            for index in first..<digits.count {
                let value = remainder << 32 | UInt64(digits[index])
                digits[index] = UInt32(truncatingIfNeeded: value / UInt64(divisor))
                remainder = value % UInt64(divisor)
            }
        }
        return number[first...].firstIndex { $0 != 0 } ?? number.count
    }

    private static func add(_ term: [UInt32], to sum: inout [UInt32], from first: Int, subtracting: Bool) {
        var carry: Int64 = 0
        for index in sum.indices.reversed() where index >= first || carry != 0 {
            let digit = index >= first ? Int64(term[index]) : 0
            let value = Int64(sum[index]) + (subtracting ? -digit : digit) + carry
            sum[index] = UInt32(truncatingIfNeeded: value)
            carry = value >> 32
        }
    }
}
