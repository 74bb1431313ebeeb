import GRDB
import Glibc

/// What the scheduler remembers: `schedule.db` in the state folder, an SQLite database.
///
/// A step's changes are one transaction, on the disk before it returns (`synchronous=FULL`). Readers don't wait for the
/// writer (WAL). Its methods throw `DatabaseError`.
package struct ScheduleStore: Sendable {
    private let database: DatabaseQueue

    /// Opens the database of a state folder, and makes both when they are not there.
    package init(_ folder: StateFolder) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.label = "comfyfleet.schedule"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        // Made by us, so that it is nobody else's to read; on a way that nobody else can change before it is opened by
        // its name.
        close(try StateFolder.open(folder.databasePath, O_RDWR | O_CREAT))
        database = try DatabaseQueue(path: folder.databasePath, configuration: configuration)
        try Self.migrator.migrate(database)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE job (name TEXT PRIMARY KEY, cursor INTEGER NOT NULL, fence INTEGER NOT NULL, failures INTEGER NOT NULL, times TEXT NOT NULL, definition TEXT NOT NULL) STRICT;
                    CREATE TABLE fire (
                        id TEXT PRIMARY KEY, job TEXT NOT NULL, due INTEGER NOT NULL, cause TEXT NOT NULL, state TEXT NOT NULL, not_before INTEGER NOT NULL, wait TEXT, missed INTEGER NOT NULL,
                        start TEXT NOT NULL, run TEXT, retries INTEGER NOT NULL, resumes INTEGER NOT NULL, stop TEXT, stop_asked INTEGER, begun INTEGER, ended INTEGER, result TEXT,
                        skip_reason TEXT, exit_code INTEGER, note TEXT) STRICT;
                    CREATE INDEX fire_by_job ON fire (job, due);
                    CREATE INDEX fire_open ON fire (state) WHERE state <> 'ended';
                    CREATE TABLE request (mark TEXT PRIMARY KEY, job TEXT NOT NULL, asked INTEGER NOT NULL) STRICT;
                    """)
        }
        return migrator
    }

    // MARK: The daemon

    /// A machine as the last step left it.
    ///
    /// - Parameter job: the only one that it is about, and that runs when it is asked for alone.
    func machine(only job: String? = nil) async throws -> ScheduleMachine {
        try await database.read { db in
            var tracks: [String: JobTrack] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT * FROM job") { tracks[row["name"]] = JobTrack(row) }
            let open = try Row.fetchAll(
                db, sql: "SELECT * FROM fire WHERE state <> 'ended' AND (? IS NULL OR job = ?) ORDER BY due, id",
                arguments: [job, job]
            ).compactMap(Fire.init)
            var handled: [String: [Moment]] = [:]
            for name in tracks.keys {
                handled[name] = try Int.fetchAll(
                    db, sql: "SELECT due FROM fire WHERE job = ? AND cause <> 'manual' ORDER BY due DESC LIMIT ?",
                    arguments: [name, HandledTimes.limit]
                ).map(Moment.init)
            }
            return ScheduleMachine(tracks: tracks, fires: open, handled: handled, followsTime: job == nil)
        }
    }

    /// Writes what a step saves. It is on the disk when this returns, all of it or none.
    ///
    /// - Throws: also when a fire that is new is there already: then another process has begun it.
    func commit(_ actions: [ScheduleMachine.Action], new: Set<String>) async throws {
        try await database.write { db in
            var inserted: Set<String> = []
            for action in actions {
                switch action {
                case .save(let fire):
                    let isNew = new.contains(fire.id) && inserted.insert(fire.id).inserted
                    try fire.write(db, isNew: isNew)
                case .track(let name, let track): try track.write(db, name)
                case .start, .signal, .missed: break
                }
            }
        }
    }

    /// Requests that have come, oldest first; they are still there after that.
    func requests() async throws -> [(job: String, mark: String)] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT job, mark FROM request ORDER BY asked, mark").map {
                ($0["job"], $0["mark"])
            }
        }
    }

    func removeRequests(_ marks: [String]) async throws {
        guard !marks.isEmpty else { return }
        try await database.write { db in
            for mark in marks { try db.execute(sql: "DELETE FROM request WHERE mark = ?", arguments: [mark]) }
        }
    }

    /// Forgets all but the last fires of each job. Returns ids of runs that are not remembered any more.
    func prune(keeping count: Int) async throws -> [String] {
        try await database.write { db in
            let old = """
                FROM fire WHERE state = 'ended' AND id IN (
                    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY job ORDER BY due DESC) AS number FROM fire) WHERE number > ?)
                """
            let runs = try String.fetchAll(db, sql: "SELECT run \(old) AND run IS NOT NULL", arguments: [count])
            try db.execute(sql: "DELETE \(old)", arguments: [count])
            return runs
        }
    }

    // MARK: Everybody

    /// Asks the daemon for a run of a job.
    package func ask(for job: String, mark: String, at moment: Moment) async throws {
        try await database.write { db in
            try db.execute(
                sql: "INSERT INTO request (mark, job, asked) VALUES (?, ?, ?)", arguments: [mark, job, moment.seconds])
        }
    }

    /// Fires, the newest first: of one job, or of all.
    package func history(of job: String? = nil, limit: Int = 20) async throws -> [Fire] {
        try await database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM fire WHERE ? IS NULL OR job = ? ORDER BY due DESC, id DESC LIMIT ?",
                arguments: [job, job, limit]
            ).compactMap(Fire.init)
        }
    }

    /// How often in a row a job has failed, by name.
    package func failures() async throws -> [String: Int] {
        try await database.read { db in
            var failures: [String: Int] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT name, failures FROM job") {
                failures[row["name"]] = row["failures"]
            }
            return failures
        }
    }
}

extension Fire {
    fileprivate init?(_ row: Row) {
        func word<Word: RawRepresentable>(_ column: String) -> Word? where Word.RawValue == String {
            (row[column] as String?).flatMap(Word.init(rawValue:))
        }
        func moment(_ column: String) -> Moment? { (row[column] as Int?).map(Moment.init) }
        guard let cause: Cause = word("cause"), let state: State = word("state"), let start: Start = word("start")
        else { return nil }
        self.init(job: row["job"], due: Moment(row["due"]), cause: cause, notBefore: Moment(row["not_before"]))
        id = row["id"]
        (self.state, self.start, wait, missed, run) = (state, start, word("wait"), row["missed"], row["run"])
        (retries, resumes, stop, stopAsked) = (row["retries"], row["resumes"], word("stop"), moment("stop_asked"))
        (begun, ended, result, skipReason, exitCode, note) = (
            moment("begun"), moment("ended"), word("result"), word("skip_reason"), row["exit_code"], row["note"]
        )
    }

    fileprivate func write(_ db: Database, isNew: Bool) throws {
        let columns = [
            "id", "job", "due", "cause", "state", "not_before", "wait", "missed", "start", "run", "retries", "resumes",
            "stop", "stop_asked", "begun", "ended", "result", "skip_reason", "exit_code", "note",
        ]
        let values: StatementArguments = [
            id, job, due.seconds, cause.rawValue, state.rawValue, notBefore.seconds, wait?.rawValue, missed,
            start.rawValue, run, retries, resumes, stop?.rawValue, stopAsked?.seconds,
            begun?.seconds, ended?.seconds, result?.rawValue, skipReason?.rawValue, exitCode, note,
        ]
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        try db.execute(
            sql:
                "\(isNew ? "INSERT" : "INSERT OR REPLACE") INTO fire (\(columns.joined(separator: ", "))) VALUES (\(marks))",
            arguments: values)
    }
}

extension JobTrack {
    fileprivate init(_ row: Row) {
        self.init(
            cursor: Moment(row["cursor"]), fence: Moment(row["fence"]), failures: row["failures"], times: row["times"],
            definition: row["definition"])
    }

    fileprivate func write(_ db: Database, _ name: String) throws {
        try db.execute(
            sql:
                "INSERT OR REPLACE INTO job (name, cursor, fence, failures, times, definition) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [name, cursor.seconds, fence.seconds, failures, times, definition])
    }
}
