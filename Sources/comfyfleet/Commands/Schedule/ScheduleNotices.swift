import Notify
import Redaction
import Scheduler
import Vault

extension Notifications {
    /// Tells that a job's time was left out. The file and the vault are read anew: a daemon lives longer than what
    /// stands in them.
    static func tell(missed fire: Fire, of job: Job?) async throws {
        try await VaultSession.with { store, _ in
            let notifier = try notifier(try await store.reader(), only: job?.notify.map(Set.init))
            func text(_ text: String) -> RedactedJSON { .text(redacted(text)) }
            try await notifier.serve { tell in
                tell(
                    Notice(
                        .scheduleMissed, at: Double((fire.ended ?? fire.due).seconds),
                        [
                            .init("job", text(fire.job)), .init("due", text("\(fire.due)")),
                            .init("local", text((job?.zone ?? .utc).text(fire.due))),
                            .init("reason", text(fire.skipReason?.rawValue ?? "")),
                            .init("times", .int(fire.missed + 1)),
                        ]))
            }
        }
    }
}
