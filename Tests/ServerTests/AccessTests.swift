import Redaction
@testable import Server
import Testing
import YAML

@Suite
struct AccessTests {
    private let start = ContinuousClock().now

    /// Wrong tokens at so many seconds: whether the client has to wait after each.
    private func fail(_ failed: inout FailedTokens, at seconds: [Int]) -> [Bool] { seconds.map { failed.fail("10.0.0.9", at: start + .seconds($0)) } }
    private func wait(_ failed: FailedTokens, at seconds: Int) -> Duration? { failed.wait(of: "10.0.0.9", at: start + .seconds(seconds)) }

    @Test func `five wrong tokens in a minute make a client wait, longer each time`() {
        var failed = FailedTokens()
        let first = fail(&failed, at: [0, 1, 2, 3, 4])
        #expect(first == [false, false, false, false, true])
        #expect(wait(failed, at: 4) == .seconds(60))
        #expect(failed.wait(of: "10.0.0.8", at: start + .seconds(4)) == nil, "others are served")
        #expect(wait(failed, at: 65) == nil)
        let second = fail(&failed, at: [65, 66, 67, 68, 69])
        #expect(second == [false, false, false, false, true])
        #expect(wait(failed, at: 69) == .seconds(120))
    }

    @Test func `failures that are minutes apart are forgotten`() {
        var failed = FailedTokens()
        let results = fail(&failed, at: (0..<20).map { 61 * $0 })
        #expect(!results.contains(true))
    }

    @Test func `a right token forgets what went before`() {
        var failed = FailedTokens()
        _ = fail(&failed, at: [0, 0, 0, 0])
        failed.succeed("10.0.0.9")
        let results = fail(&failed, at: [0, 0, 0, 0])
        #expect(!results.contains(true))
    }

    @Test func `guessing from many addresses fills no memory`() {
        var failed = FailedTokens()
        for number in 0..<(3 * FailedTokens.mostClients) { _ = failed.fail("client \(number)", at: start + .milliseconds(number)) }
        #expect(failed.count <= FailedTokens.mostClients)
    }

    @Test(arguments: [
        ("Bearer 0123456789abcdef0123", true), ("bearer   0123456789abcdef0123", true), ("Bearer 0123456789abcdef012", false), ("Bearer 0123456789abcdef01234", false),
        ("Bearer", false), ("Bearer ", false), ("Basic 0123456789abcdef0123", false), ("0123456789abcdef0123", false), ("", false),
    ])
    func `a header gives the token or does not`(header: String, isRight: Bool) {
        #expect(BearerToken(Secret("0123456789abcdef0123")).isGiven(by: header) == isRight)
    }

    @Test(arguments: [("127.0.0.1", true), ("127.9.8.7", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false), ("192.168.1.4", false), ("127.evil.example", false), ("", false)])
    func `what loopback is`(host: String, isLoopback: Bool) {
        var settings = ServerSettings()
        settings.host = host
        #expect(settings.isLoopback == isLoopback)
    }

    @Test func `beyond loopback a token and TLS are needed, and both are told at once`() {
        var settings = ServerSettings()
        settings.host = "0.0.0.0"
        #expect(problems(settings).map { String($0.prefix(13)) } == ["without a tok", "without TLS t"])
        settings.token = Secret("0123456789abcdef0123")
        #expect(problems(settings).count == 1)
        settings.token = Secret("guessable")
        settings.host = "127.0.0.1"
        #expect(problems(settings) == ["the token is shorter than 20 characters; make one with: comfyfleet serve --make-token"])
        settings.token = nil
        #expect(problems(settings) == [])
        settings.certificate = "fleet.pem"
        #expect(problems(settings) == ["TLS takes a certificate and its key; give both --tls-certificate and --tls-key"])
    }

    private func problems(_ settings: ServerSettings) -> [String] {
        do { try settings.check() } catch { return error.all.map(\.description) }
        return []
    }
}
