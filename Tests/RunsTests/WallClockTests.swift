import Testing

@testable import Runs

@Suite struct WallClockTests {
    @Test(
        arguments: [
            (1_795_456_109.5, "2026-11-23T17:48:29Z"), (1e300, "9999-12-31T23:59:59Z"),
            (.infinity, "9999-12-31T23:59:59Z"), (-1e300, "0001-01-01T00:00:00Z"), (.nan, "1970-01-01T00:00:00Z"),
        ] as [(Double, String)])
    func `any number is a time`(_ seconds: Double, _ text: String) {
        #expect(WallClock.iso8601(seconds) == text)
    }

    @Test func `names of runs have microseconds`() {
        #expect(
            WallClock.compact(1_795_456_109.5) == "20261123-174829.500000"
                && WallClock.compact(.infinity) == "99991231-235959.000000")
    }
}
