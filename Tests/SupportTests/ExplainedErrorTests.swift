import Support
import Testing

@Suite struct ExplainedErrorTests {
    struct Trouble: ExplainedError {
        var place: String?
        var problem = "it is too small"
        var remedy: String?
    }

    @Test func `reads as where, what, and what to do, with what there is of it`() {
        #expect("\(Trouble(place: "logs/runs", remedy: "make room"))" == "logs/runs: it is too small; make room")
        #expect("\(Trouble(place: "logs/runs"))" == "logs/runs: it is too small")
        #expect("\(Trouble(remedy: "make room"))" == "it is too small; make room")
        #expect(Trouble(place: "logs/runs", remedy: "make room").problemAtPlace == "logs/runs: it is too small")
    }

    @Test func `an error of a file names the file`() {
        let error: any ExplainedError = FileProblem("config/known_hosts", cannot: "read", errno: 13)
        #expect(
            error.place == "config/known_hosts" && error.remedy == nil
                && error.description == "config/known_hosts: cannot read: Permission denied")
    }
}
