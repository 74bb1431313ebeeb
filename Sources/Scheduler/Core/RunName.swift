import Runs

/// Ids of the runs of jobs. They are known before the run begins, so that what is written down first says where to look
/// for it.
enum RunName {
    static func of(_ fire: Fire, at now: Moment) -> String {
        RunFolder.id(for: fire.job, at: Double(now.seconds), mark: "\(fire.id) \(fire.retries) \(fire.resumes)")
    }
}
