import TestSupport

/// Random choices that a seed repeats, weighted towards the edges.
struct Dice {
    private var numbers: SeededGenerator
    init(_ numbers: SeededGenerator) { self.numbers = numbers }

    mutating func below(_ bound: Int) -> Int { bound > 0 ? Int.random(in: 0..<bound, using: &numbers) : 0 }
    mutating func chance(_ share: Int) -> Bool { numbers.chance(share) }
    mutating func magnitude(upTo most: Int) -> Int { numbers.magnitude(upTo: most) }
    mutating func byte() -> UInt8 { UInt8.random(in: 0...255, using: &numbers) }
    mutating func one<Item>(of items: [Item]) -> Item { items[below(items.count)] }
    mutating func some(_ most: Int, _ make: (inout Dice) -> String) -> [String] {
        (0..<below(most + 1)).map { _ in make(&self) }
    }

    /// Numbers at which something overflows, is cut off or turns its sign.
    static let edges = [
        "0", "-0", "1", "-1", "2", "3", "7", "8", "10", "16", "31", "36", "37", "60", "61", "63", "64", "65", "100",
        "127", "128", "255", "256", "257", "365", "366", "999", "1000",
        "1023", "1024", "4300", "4301", "9999", "10000", "32767", "32768", "65535", "65536", "99999", "1000000",
        "16000000", "16000001", "2147483647", "2147483648", "-2147483648", "-2147483649",
        "4294967295", "4294967296", "9007199254740993", "999999999999", "4611686018427387904", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "18446744073709551616", "340282366920938463463374607431768211456",
        "1" + String(repeating: "0", count: 400), "-1" + String(repeating: "0", count: 400),
        "0x7fffffffffffffff", "0xffffffffffffffff", "0o777", "0b11", "1e3", "1e308", "1e309", "-1e309", "1e-400", "1.5",
        "-2.5", "0.1", "9.2e18", "9.3e18", "1e19", "-1e19", ".5", "5.", "nan", "inf", "-inf", "١٢",
    ]
    mutating func number() -> String {
        chance(70) ? one(of: Dice.edges) : String((chance(30) ? -1 : 1) * magnitude(upTo: Int.max / 2))
    }
}
