import Engine

/// What a host has to do in a play, by the book: walks the play's tree from its beginning with all that befell the host
/// so far, each time anew.
struct NaiveHost {
    enum Event {
        case ended(TaskOutcome.Kind, notified: [Int])
        /// It fails because of others: at the task that it has ended before, or else where it stands.
        case failedWithOthers
        /// The play is over for it.
        case sentAway
    }
    enum Outlook: Equatable {
        case next(TaskReference, place: Place, rescues: Bool)
        case finished, failed, unreachable, ended

        var place: Place? { if case .next(_, let place, _) = self { place } else { nil } }
        var task: TaskReference? { if case .next(let task, _, _) = self { task } else { nil } }
    }
    /// Order of the text; handlers stand where they are flushed.
    struct Place: Comparable {
        var place: Int, handler = 0
        static func < (left: Place, right: Place) -> Bool { (left.place, left.handler) < (right.place, right.handler) }
    }

    private let play: SimulatedPlay
    private var history: [Event] = []
    private(set) var outlook = Outlook.finished

    init(_ play: SimulatedPlay) {
        self.play = play
        look()
    }

    mutating func befalls(_ event: Event) {
        history.append(event)
        look()
    }

    private mutating func look() {
        var walk = Walk(play: play, history: history[...])
        do throws(Pause) {
            outlook = try walk.steps(play.sections, rescues: false) ? .finished : .failed
        } catch {
            outlook = error.outlook
        }
    }

    /// The walk can't go on: the host's story ends here, so far or for good.
    private struct Pause: Error { let outlook: Outlook }

    private struct Walk {
        let play: SimulatedPlay
        var history: ArraySlice<Event>
        var notified: Set<Int> = []

        /// Each says whether it went well; `rescues`: whether a failure is caught by the innermost block's rescue
        /// section.
        mutating func steps(_ nodes: [SimulatedPlay.Node], rescues: Bool) throws(Pause) -> Bool {
            for node in nodes where !(try step(node, rescues)) { return false }
            return true
        }

        private mutating func step(_ node: SimulatedPlay.Node, _ rescues: Bool) throws(Pause) -> Bool {
            switch node {
            case .task(let number, let place):
                return try task(.task(number), NaiveHost.Place(place: place), rescues)
            case .flush(let place):
                return try flush(place, rescues)
            case .block(let main, let rescue, let always):
                var isWell = try steps(main, rescues: !rescue.isEmpty || rescues)
                if !isWell, !rescue.isEmpty { isWell = try steps(rescue, rescues: rescues) }
                let endsWell = try steps(always, rescues: rescues)
                return isWell && endsWell
            }
        }

        private mutating func flush(_ place: Int, _ rescues: Bool) throws(Pause) -> Bool {
            for handler in 0..<play.handlerCount where notified.contains(handler) {
                guard try task(.handler(handler), NaiveHost.Place(place: place, handler: handler + 1), rescues) else {
                    return false
                }
            }
            return true
        }

        /// The others' failure counts for the task that the host has just ended.
        private mutating func failsWithOthers() -> Bool {
            guard case .failedWithOthers? = history.first else { return false }
            history.removeFirst()
            return true
        }

        private mutating func task(
            _ reference: TaskReference, _ place: NaiveHost.Place, _ rescues: Bool
        ) throws(Pause) -> Bool {
            guard let event = history.popFirst() else {
                throw Pause(outlook: .next(reference, place: place, rescues: rescues))
            }
            switch event {
            case .failedWithOthers: return false
            case .sentAway: throw Pause(outlook: .ended)
            case .ended(let ending, let handlers):
                notified.formUnion(handlers)
                if case .handler(let number) = reference { notified.remove(number) }
                switch ending {
                case .done, .clearHostErrors, .endRole: return !failsWithOthers()
                case .failed: return false
                case .flushHandlers: return failsWithOthers() ? false : try flush(place.place, rescues)
                case .unreachable: throw Pause(outlook: .unreachable)
                case .endHost, .endBatch, .endPlay: throw Pause(outlook: .ended)
                // It begins anew when the run is resumed.
                case .interrupted: throw Pause(outlook: .next(reference, place: place, rescues: rescues))
                }
            }
        }
    }
}
