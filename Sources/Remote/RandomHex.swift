import Support

/// `count` random bytes from the kernel as hexadecimal text.
func randomHex(_ count: Int) -> String { Hex.text((0..<count).map { _ in UInt8.random(in: 0 ... .max) }) }
