/// `count` random bytes from the kernel as hexadecimal text.
func randomHex(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: (0..<(2 * count)).map { _ in digits[Int(generator.next(upperBound: UInt8(16)))] }, as: UTF8.self)
}
