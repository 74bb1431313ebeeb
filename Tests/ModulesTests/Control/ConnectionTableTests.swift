import Testing

@testable import Modules

@Suite struct ConnectionTableTests {
    @Test(arguments: [
        ("0100007F:1F90", "127.0.0.1", 8080), ("00000000:0016", "0.0.0.0", 22),
        ("00000000000000000000000001000000:0016", "::1", 22),
        ("0000000000000000FFFF00000100007F:0016", "127.0.0.1", 22),
    ]) func readsEndpoints(_ text: String, _ address: String, _ port: Int) throws {
        let endpoint = try #require(WaitFor.endpoint(text))
        #expect(endpoint.address == address && endpoint.port == port)
    }
    @Test(arguments: ["", ":", "0100007F", "0100007F:XYZ", "01:1F90", "ZZ00007F:1F90"]) func refusesOthers(
        _ text: String
    ) { #expect(WaitFor.endpoint(text) == nil) }
}
