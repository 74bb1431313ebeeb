import Hooks
import Redaction
import Runs
import Testing
import YAML

@testable import Notify

@Suite struct RunNoticesTests {
    private let secrets = SecretSet()

    private func told(_ kinds: [RunEvent.Kind]) -> [String] {
        var notices = RunNotices(run: "run-1", playbook: "install", job: "nightly", secrets: secrets)
        return kinds.enumerated().compactMap { number, kind in
            notices.receive(RunEvent(sequence: number + 1, time: 1_795_465_495, kind: kind)).map {
                "\($0.event.rawValue) "
                    + $0.payload.encoded().description.replacing(
                        "\"timestamp\":\"2026-11-23T20:24:55Z\",\"run\":\"run-1\",\"job\":\"nightly\",\"playbook\":\"install\"",
                        with: "…")
            }
        }
    }

    private func outcome(_ status: RunEvent.Outcome.Status, _ message: RedactedText? = nil) -> RunEvent.Outcome {
        .init(status: status, message: message, result: "{}", duration: 1)
    }

    @Test func `a run is told at its begin and its end, and each host that falls once`() {
        var counts = HostCounts()
        var bad = HostCounts()
        var gone = HostCounts()
        (counts.changed, bad.failed, gone.unreachable) = (1, 1, 1)
        let summary = RunSummary(
            hosts: [("gpu-1", counts), ("gpu-2", bad), ("gpu-3", gone)], exitCode: 6, duration: 2.5, note: nil)
        #expect(
            told([
                .runStarted(
                    RunHeader(
                        id: "run-1", playbook: "install", folder: "f", hosts: ["gpu-1", "gpu-2", "gpu-3"], tasks: 2,
                        checkMode: false)),
                .taskStarted(.init(id: 1, name: "driver", module: "apt", place: "a.yml:3:5", isHandler: false)),
                .hostTaskFinished(host: "gpu-1", task: 1, outcome: outcome(.changed)),
                .hostTaskFinished(host: "gpu-1", task: 1, outcome: outcome(.ignored, "ignored")),
                .hostTaskFinished(host: "gpu-1", task: 1, outcome: outcome(.rescued, "rescued")),
                .hostTaskFinished(host: "gpu-2", task: 1, outcome: outcome(.failed, "no space")),
                .hostTaskFinished(host: "gpu-2", task: 1, outcome: outcome(.failed, "again")),
                .hostUnreachable(host: "gpu-3", task: nil, message: "timed out"),
                .runFinished(summary),
            ]) == [
                #"on_run_started {"event":"on_run_started",…,"hosts":["gpu-1","gpu-2","gpu-3"],"host_count":3,"tasks":2,"check":false,"resumed":0}"#,
                #"on_host_failed {"event":"on_host_failed",…,"host":"gpu-2","state":"failed","task":"driver","place":"a.yml:3:5","message":"no space"}"#,
                #"on_host_failed {"event":"on_host_failed",…,"host":"gpu-3","state":"unreachable","task":null,"place":null,"message":"timed out"}"#,
                #"on_run_finished {"event":"on_run_finished",…,"exit_code":6,"seconds":2.5,"note":null,"host_count":3,"changed_count":1,"failed_count":1,"unreachable_count":1,"failed":["gpu-2"],"unreachable":["gpu-3"]}"#,
            ])
    }

    @Test func `of ten thousand hosts a thousand are named, and all are counted`() throws {
        let hosts = (0..<10_000).map { "gpu-\($0)" }
        let text = try #require(
            told([
                .runStarted(
                    RunHeader(id: "run-1", playbook: "install", folder: "f", hosts: hosts, tasks: 2, checkMode: false))
            ]).first)
        #expect(text.contains(#""host_count":10000"#) && text.contains("\"gpu-999\"") && !text.contains("\"gpu-1000\""))
    }

    @Test func `names are searched for secrets`() {
        secrets.insert(Secret("marker-of-a-secret"), label: "demo.token")
        let text = told([
            .hostUnreachable(
                host: "marker-of-a-secret", task: nil, message: RedactedText("at marker-of-a-secret", secrets: secrets))
        ]).joined()
        #expect(!text.contains("marker") && text.contains("«redacted:demo.token»"))
    }
}
