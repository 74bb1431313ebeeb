import Templating
import YAML

/// The jobs as they stand: for `comfyfleet schedule list`, and for pages that show them.
///
/// ```swift
/// let book = try await ScheduleBook(Schedule.load(), store: ScheduleStore(StateFolder()), now: .now)
/// for status in book.jobs { print(status.job.name, status.next, status.last?.result) }
/// let next = book.schedule.next(20, after: .now)
/// let fires = try await store.history(of: "gpu-nodes", limit: 50)
/// ```
package struct ScheduleBook: Sendable {
    package struct Status: Sendable {
        package var job: Job
        /// nil for jobs that are not enabled.
        package var next: Moment?
        /// What runs or waits.
        package var open: Fire?
        /// The newest one that has ended and was not left out.
        package var last: Fire?
        /// In a row.
        package var failures: Int
        /// It rests until it is changed, or run by hand and well.
        package var isSuspended: Bool

        /// As JSON gives it.
        package var value: ValueMap {
            [
                "job": .string(job.name), "description": job.description.map { .string($0) } ?? .null,
                "when": .string(job.when), "time_zone": .string(job.zone.name), "kind": .string(job.kind.rawValue),
                "playbooks": .list(job.playbooks.map { .string($0) }), "enabled": .bool(job.isEnabled),
                "suspended": .bool(isSuspended), "failures": .int(failures),
                "next": next.map { .string("\($0)") } ?? .null, "open": open.map { .dict($0.value) } ?? .null,
                "last": last.map { .dict($0.value) } ?? .null,
            ]
        }
    }
    package let schedule: Schedule
    /// In the order of the file.
    package let jobs: [Status]

    /// - Parameter store: nil while nothing has been remembered.
    package init(_ schedule: Schedule, store: ScheduleStore?, now: Moment) async throws {
        self.schedule = schedule
        let failures = try await store?.failures() ?? [:]
        var jobs: [Status] = []
        for job in schedule.jobs {
            let fires = try await store?.history(of: job.name, limit: 50) ?? []
            let count = failures[job.name] ?? 0
            jobs.append(
                Status(
                    job: job, next: job.isEnabled ? job.trigger.next(after: now) : nil,
                    open: fires.last { $0.state != .ended },
                    last: fires.first { $0.state == .ended && $0.result != .skipped },
                    failures: count, isSuspended: job.failureLimit.map { count >= $0 } ?? false))
        }
        self.jobs = jobs
    }
}

extension Job {
    /// `30 2 * * mon-fri Europe/Berlin`, `every 6h`
    package var when: String {
        switch trigger {
        case .cron(let expression, let zone): "\(expression.text) \(zone.name)"
        case .every(let seconds, _): "every \(DurationText.text(seconds))"
        }
    }
}

extension Fire {
    /// `succeeded`, `skipped (overlap)`, `runs`, `waits (jitter)`
    package var words: String {
        switch state {
        case .waiting: "waits" + (wait.map { " (\($0.rawValue))" } ?? "")
        case .running: "runs"
        case .ended: (result?.rawValue ?? "ended") + (skipReason.map { " (\($0.rawValue))" } ?? "")
        }
    }

    /// As JSON gives it.
    package var value: ValueMap {
        func text(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
        return [
            "id": .string(id), "job": .string(job), "due": .string("\(due)"), "cause": .string(cause.rawValue),
            "state": .string(state.rawValue), "wait": text(wait?.rawValue), "missed": .int(missed), "run": text(run),
            "retries": .int(retries), "resumes": .int(resumes), "begun": text(begun?.description),
            "ended": text(ended?.description), "result": text(result?.rawValue),
            "skip_reason": text(skipReason?.rawValue),
            "exit_code": exitCode.map { .int($0) } ?? .null, "note": text(note),
        ]
    }
}

extension Moment {
    /// `2026-03-28T12:00:00Z`; nil for anything else.
    package init?(_ text: String) {
        let numbers = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        guard numbers.count == 6, text.count == 20 else { return nil }
        let time = CalendarDateTime(
            date: CalendarDate(year: numbers[0], month: numbers[1], day: numbers[2]), hour: numbers[3],
            minute: numbers[4], second: numbers[5])
        self.init(time.secondsSinceEpoch)
        guard time.date.exists, description == text else { return nil }
    }
}
