import Testing

@testable import Credentials

@Suite struct JumpHopTests {
    @Test(arguments: [
        ("host", JumpHop("host")), ("me@host:2222", JumpHop("me@host:2222")),
        ("[2001:db8::1]:22", JumpHop("[2001:db8::1]:22")),
    ]) func hopsAreRead(_ text: String, _ hop: JumpHop?) throws {
        let hop = try #require(hop)
        #expect(hop.host == ["host": "host", "me@host:2222": "host", "[2001:db8::1]:22": "2001:db8::1"][text])
        #expect(hop.user == (text.hasPrefix("me@") ? "me" : nil))
        #expect(hop.port == ["me@host:2222": 2222, "[2001:db8::1]:22": 22][text])
    }

    @Test(arguments: ["", "@host", "host:", "host:0", "host:65536", "host:x", "a b", "2001:db8::1", "[::1", "[::1]x"])
    func whatIsNoHop(_ text: String) {
        #expect(JumpHop(text) == nil)
    }
}
