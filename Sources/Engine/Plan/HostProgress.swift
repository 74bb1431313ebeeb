/// How far one host is in a play: its place, the blocks that it is in, and the handlers that were notified on it. A
/// value; it decides and does nothing.
package struct HostProgress: Sendable {
    package enum Standing: Sendable, Equatable {
        /// Has a task to do.
        case going
        case finished
        /// Ended without a fault by `meta: end_host`, `end_batch` or `end_play`.
        case ended
        case failed
        case unreachable
    }
    /// Place in the program; handlers stand between the flush that runs them and the next instruction, and what an
    /// include brings between it and what follows.
    package struct Position: Sendable, Comparable {
        /// Of each include around it: its place (instruction and handler) and the inclusion's number.
        package var outer: [Int] = []
        package var instruction: Int
        package var handler: Int
        private var path: [Int] { outer + [instruction, handler] }
        package static func < (left: Position, right: Position) -> Bool {
            if left.outer == right.outer {
                return (left.instruction, left.handler) < (right.instruction, right.handler)
            }
            return left.path.lexicographicallyPrecedes(right.path)
        }
        /// Where an inclusion begins that the task here has asked for.
        func entering(_ inclusion: Int, in program: PlayProgram) -> Position {
            Position(outer: path + [inclusion], instruction: program.inclusions[inclusion], handler: 0)
        }
    }
    /// An include that the host is in.
    private struct Visit: Sendable {
        /// The include's place, and how its handlers are looked at after it.
        let position: Position
        let flushingFrom: Int?
        /// Inclusions that are still to be gone through.
        var rest: ArraySlice<Int>
    }
    private enum Section: Sendable { case main, rescue, always }
    /// Where a host was when it failed, to go on from there another time.
    private struct Place: Sendable {
        var position: Position
        var frames: [Frame]
        var visits: [Visit]
        var flushingFrom: Int?
        var notified: Set<Int>
    }
    private struct Frame: Sendable {
        let block: Int
        /// How many includes it is in.
        let depth: Int
        var section = Section.main
        /// The always section runs because of a failure, which goes on after it.
        var isFailing = false
        /// A task in it has run, and was not skipped.
        var hasRun = false
    }

    package private(set) var standing = Standing.going
    package private(set) var position = Position(instruction: 0, handler: 0)
    /// What the host does next; nil when it has nothing left to do.
    package private(set) var next: TaskReference?
    private var frames: [Frame] = []
    private var visits: [Visit] = []
    /// Handlers from this one on are looked at; nil outside of a flush.
    private var flushingFrom: Int?
    private var notified: Set<Int> = []
    /// Roles that the host has done, by their numbers.
    private var doneRoles: Set<Int> = []
    /// The task whose failure has cost the host its play, or is about to.
    private var failurePlace: Place?
    /// Where the host's last task stood that went well. An error that is fatal for all befalls the host there, and not
    /// in the section that follows.
    private var latest: Place?
    private var here: Place {
        Place(position: position, frames: frames, visits: visits, flushingFrom: flushingFrom, notified: notified)
    }

    init(in program: PlayProgram) { advance(in: program) }

    /// Whether a failure at the present place goes to a rescue section, if through always sections of blocks within.
    func isRescuing(in program: PlayProgram) -> Bool {
        frames.contains { $0.section == .main && program.blocks[$0.block].rescue != nil }
    }

    mutating func notify(_ handlers: some Sequence<Int>) { notified.formUnion(handlers) }

    /// The task at the present place has ended.
    /// - Parameters:
    ///   - hasRun: whether it was more than skipped.
    ///   - inclusions: what an include has brought, by number.
    mutating func finish(
        _ kind: TaskOutcome.Kind, hasRun: Bool = true, including inclusions: [Int] = [], in program: PlayProgram
    ) {
        guard standing == .going else { return }
        if kind == .failed || kind == .unreachable { noteFailure() }
        latest = kind == .done || kind == .flushHandlers || kind == .clearHostErrors ? here : nil
        if case .handler(let index) = next {
            notified.remove(index)
        } else if hasRun {
            for index in frames.indices { frames[index].hasRun = true }
        }
        switch kind {
        case .done where !inclusions.isEmpty:
            let after: Int? = if case .handler(let index) = next { index + 1 } else { nil }
            visits.append(Visit(position: position, flushingFrom: after, rest: inclusions[...]))
            advanceInclude(in: program)
        case .done, .clearHostErrors:
            if case .handler(let index) = next { flushingFrom = index + 1 } else { position.instruction += 1 }
        case .flushHandlers:
            flushingFrom = 0
        case .failed:
            fail(in: program)
        case .unreachable:
            standing = .unreachable
        case .endRole:
            endRole(in: program)
        case .endHost, .endBatch, .endPlay:
            standing = .ended
        case .interrupted:
            break
        }
        if kind != .interrupted { advance(in: program) }
        noteRecovery()
    }

    /// Fails the host at its last task, as when an error is fatal for all: that task's rescue and always sections have
    /// their turn, also where the host had
    /// left them behind.
    mutating func failWithOthers(in program: PlayProgram) {
        guard standing == .going || standing == .finished else { return }
        noteFailure()
        standing = .going
        if let latest {
            (position, frames, visits) = (latest.position, latest.frames, latest.visits)
            self.latest = nil
        }
        fail(in: program)
        advance(in: program)
        noteRecovery()
    }

    /// A host that has failed, or was lost, stands again at the task where that happened.
    mutating func revive(in program: PlayProgram) {
        guard standing == .failed || standing == .unreachable, let place = failurePlace else { return }
        (position, frames, visits, flushingFrom, notified) = (
            place.position, place.frames, place.visits, place.flushingFrom, place.notified
        )
        failurePlace = nil
        standing = .going
        if flushingFrom == nil, let task = program.task(at: position.instruction) {
            next = task
        } else {
            advance(in: program)
        }
    }

    /// What it failed with does not count any more; in this play it stays where it is.
    mutating func clearErrors() {
        guard standing == .failed || standing == .unreachable else { return }
        standing = .ended
        failurePlace = nil
    }

    private mutating func noteFailure() {
        if failurePlace == nil { failurePlace = here }
    }

    /// A rescue section has taken the failure.
    private mutating func noteRecovery() {
        if standing == .going, !frames.contains(where: \.isFailing) { failurePlace = nil }
    }

    mutating func end() {
        if standing == .going {
            standing = .ended
            next = nil
        }
    }

    private mutating func fail(in program: PlayProgram) {
        flushingFrom = nil
        while let frame = frames.last {
            if visits.count > frame.depth {
                position = visits[frame.depth].position
                visits.removeLast(visits.count - frame.depth)
            }
            if frame.section == .main, let rescue = program.blocks[frame.block].rescue {
                frames[frames.count - 1].section = .rescue
                position.instruction = rescue
                return
            }
            if frame.section != .always {
                frames[frames.count - 1].section = .always
                frames[frames.count - 1].isFailing = true
                position.instruction = program.blocks[frame.block].always
                return
            }
            frames.removeLast()
        }
        standing = .failed
    }

    /// Leaves the innermost role that the host is in, without its always sections; it counts as done.
    private mutating func endRole(in program: PlayProgram) {
        flushingFrom = nil
        while let frame = frames.popLast() {
            if visits.count > frame.depth {
                position = visits[frame.depth].position
                visits.removeLast(visits.count - frame.depth)
            }
            guard let role = program.blocks[frame.block].role else { continue }
            doneRoles.insert(role.number)
            position.instruction = program.blocks[frame.block].end
            return
        }
        standing = .finished
    }

    /// The next inclusion of the include that the host is in, or what follows the include.
    private mutating func advanceInclude(in program: PlayProgram) {
        guard let visit = visits.last else {
            standing = .finished
            return
        }
        if let inclusion = visit.rest.first {
            visits[visits.count - 1].rest.removeFirst()
            flushingFrom = nil
            position = visit.position.entering(inclusion, in: program)
            return
        }
        visits.removeLast()
        position = visit.position
        flushingFrom = visit.flushingFrom
        if flushingFrom == nil { position.instruction += 1 }
    }

    /// Goes on to the next task or handler, through all that is not one.
    private mutating func advance(in program: PlayProgram) {
        next = nil
        while standing == .going {
            position.handler = 0
            if let first = flushingFrom {
                if let handler = notified.filter({ $0 >= first }).min() {
                    next = .handler(handler)
                    position.handler = handler + 1
                    return
                }
                flushingFrom = nil
                position.instruction += 1
                continue
            }
            switch program.instructions[position.instruction] {
            case .task(let index):
                next = .task(index)
                return
            case .enterBlock(let block):
                if let role = program.blocks[block].role, !role.allowsDuplicates, doneRoles.contains(role.number) {
                    position.instruction = program.blocks[block].end
                    continue
                }
                frames.append(Frame(block: block, depth: visits.count))
                position.instruction += 1
            case .mainEnds(let block), .rescueEnds(let block):
                frames[frames.count - 1].section = .always
                position.instruction = program.blocks[block].always
            case .alwaysEnds(let block):
                let frame = frames.removeLast()
                if frame.isFailing {
                    fail(in: program)
                    continue
                }
                if frame.hasRun, let role = program.blocks[block].role { doneRoles.insert(role.number) }
                position.instruction += 1
            case .flushHandlers:
                flushingFrom = 0
            case .inclusionEnds:
                advanceInclude(in: program)
            case .playEnds:
                standing = .finished
            }
        }
    }
}
