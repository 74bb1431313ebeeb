import Foundation
import TestSupport
import Testing
import YAML

import struct GRDB.DatabaseError

@testable import Scheduler

@Suite struct ScheduleStoreTests {
    private func with(_ body: (StateFolder, ScheduleStore) async throws -> Void) async throws {
        let folder = try temporaryFolder("schedule")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let state = try StateFolder(folder + "/data/schedule")
        try await body(state, try ScheduleStore(state))
    }

    @Test func `what a step saves is there for the next daemon, whole`() async throws {
        try await with { state, store in
            var fire = Fire(job: "a", due: Moment(100), cause: .catchUp, notBefore: Moment(110))
            (fire.state, fire.wait, fire.missed, fire.start, fire.run, fire.retries, fire.resumes) = (
                .running, .queue, 3, .retry, "run-1", 2, 1
            )
            (fire.stop, fire.stopAsked, fire.begun, fire.note) = (.timeout, Moment(130), Moment(120), "it's a \"note\"")
            let track = JobTrack(
                cursor: Moment(100), fence: Moment(50), failures: 2, times: "every 10s", definition: "run")
            try await store.commit([.save(fire), .track("a", track)], new: [fire.id])
            let machine = try await ScheduleStore(state).machine()
            #expect(machine.fires == [fire] && machine.tracks == ["a": track])
            (fire.state, fire.result, fire.skipReason, fire.exitCode, fire.ended) = (
                .ended, .skipped, .window, 4, Moment(140)
            )
            try await store.commit([.save(fire)], new: [])
            #expect(try await store.machine().fires == [])
            #expect(try await store.history() == [fire])
        }
    }

    @Test func `a time is written once`() async throws {
        try await with { _, store in
            let fire = Fire(job: "a", due: Moment(100), cause: .schedule, notBefore: Moment(100))
            let other = Fire(job: "b", due: Moment(100), cause: .schedule, notBefore: Moment(100))
            try await store.commit([.save(fire)], new: [fire.id])
            let refused = await #expect(throws: DatabaseError.self) {
                try await store.commit([.save(other), .save(fire)], new: [other.id, fire.id])
            }
            #expect(refused?.resultCode == .SQLITE_CONSTRAINT)
            #expect(try await store.history().map(\.id) == [fire.id], "all of a step or none of it")
        }
    }

    @Test func `history is pruned job by job, and what is open stays`() async throws {
        try await with { _, store in
            for job in ["a", "b"] {
                for due in 1...10 {
                    var fire = Fire(job: job, due: Moment(due), cause: .schedule, notBefore: Moment(due))
                    (fire.state, fire.run) = (due == 1 ? .running : .ended, "\(job)-\(due)")
                    try await store.commit([.save(fire)], new: [fire.id])
                }
            }
            #expect(Set(try await store.prune(keeping: 7)) == ["a-2", "a-3", "b-2", "b-3"])
            #expect(try await store.history(of: "b", limit: 100).map(\.due.seconds) == [10, 9, 8, 7, 6, 5, 4, 1])
        }
    }

    @Test func `requests wait for the daemon`() async throws {
        try await with { _, store in
            try await store.ask(for: "a", mark: "1", at: Moment(5))
            try await store.ask(for: "b", mark: "2", at: Moment(4))
            #expect(try await store.requests().map(\.job) == ["b", "a"])
            try await store.removeRequests(["2"])
            #expect(try await store.requests().map(\.job) == ["a"])
        }
    }

    @Test func `one daemon for a state folder, and who it is`() async throws {
        try await with { state, _ in
            let held = try await state.hold(exclusive: true, purpose: "the daemon")
            #expect(state.daemon?.hasPrefix("the daemon, process \(getpid()) on ") == true)
            await #expect { try await state.hold(exclusive: true, purpose: "the daemon") } throws: {
                "\($0)".contains("the daemon, process \(getpid()) on ") && "\($0)".contains("--state")
            }
            await #expect(throws: Diagnostic.self) { try await state.hold(exclusive: false, purpose: "run-now") }
            withExtendedLifetime(held) {}
        }
    }

    @Test func `nobody else may read what is remembered`() async throws {
        try await with { state, store in
            try await store.ask(for: "a", mark: "1", at: Moment(5))
            for name in try FileManager.default.contentsOfDirectory(atPath: state.path) {
                let mode =
                    try FileManager.default.attributesOfItem(atPath: "\(state.path)/\(name)")[.posixPermissions] as? Int
                #expect((mode ?? 0) & 0o077 == 0, "\(name)")
            }
        }
    }
}
