/// The last times of a job that have a fire.
struct HandledTimes: Sendable {
    private var times: Set<Moment>
    /// A clock that is set back further than so many fires may bring one of them a second time; the table of fires
    /// takes none twice all the same.
    static let limit = 2000

    init(_ times: [Moment] = []) { self.times = Set(times) }

    func contains(_ time: Moment) -> Bool { times.contains(time) }

    mutating func insert(_ time: Moment) {
        times.insert(time)
        // Seldom, and many at once.
        if times.count > 2 * Self.limit { times = Set(times.sorted().suffix(Self.limit)) }
    }
}
