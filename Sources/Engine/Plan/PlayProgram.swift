import Playbook
import YAML

/// A play laid out flat: every host has a place in the same list of instructions, so that 'the earliest task that any host is at' is a comparison of numbers.
///
/// Sections stand in the language's order (facts, pre_tasks, tasks, post_tasks), with a flush of the notified handlers after each of the last three. Tasks that the tags leave out are not in it, nor are those before the run's starting point.
package struct PlayProgram: Sendable {
    package enum Instruction: Sendable, Equatable {
        case task(Int)
        case enterBlock(Int)
        case mainEnds(Int)
        case rescueEnds(Int)
        case alwaysEnds(Int)
        case flushHandlers
    }
    /// Where the sections of a block begin; `always` is there for every block, if only to end it.
    package struct BlockLayout: Sendable {
        package var rescue: Int?
        package var always = 0
    }

    package private(set) var instructions: [Instruction] = []
    package private(set) var tasks: [PlannedTask] = []
    package private(set) var handlers: [PlannedTask] = []
    package private(set) var blocks: [BlockLayout] = []
    /// Not reached when none of the play's tasks is it; the play then has nothing to do.
    package private(set) var start = StartingPoint()

    /// - Parameter factGathering: the spec of `setup`, when the play gathers facts.
    package init(_ play: Play, tags: TagSelection = TagSelection(), from start: StartingPoint = StartingPoint(), factGathering: ModuleSpec? = nil) {
        if let factGathering {
            var gathering = TaskDefinition(mark: play.mark, module: factGathering, arguments: Located(ValueMap(), at: play.mark))
            gathering.name = "Gathering Facts"
            // The language gathers facts whatever the tags asked for, unless the play itself is tagged.
            if play.keywords.tags.isEmpty { gathering.keywords.tags = ["always"] }
            add([.task(gathering)], inside: play.keywords, tags: tags)
        }
        self.start = start
        for section in [play.preTasks, play.tasks, play.postTasks] {
            add(section, inside: play.keywords, tags: tags)
            instructions.append(.flushHandlers)
        }
        handlers = play.handlers.map { handler in
            var planned = Self.plan(handler, inside: play.keywords)
            planned.isHandler = true
            return planned
        }
    }

    package subscript(reference: TaskReference) -> PlannedTask {
        switch reference {
        case .task(let index): tasks[index]
        case .handler(let index): handlers[index]
        }
    }

    func task(at instruction: Int) -> TaskReference? {
        if case .task(let index) = instructions[instruction] { .task(index) } else { nil }
    }

    /// Every task and handler.
    package var references: [TaskReference] { tasks.indices.map { .task($0) } + handlers.indices.map { .handler($0) } }

    private mutating func add(_ steps: [Step], inside outer: TaskKeywords, tags: TagSelection) {
        for step in steps {
            switch step {
            case .task(let definition):
                let planned = Self.plan(definition, inside: outer)
                guard tags.includes(planned.keywords.tags), start.admits(planned) else { continue }
                instructions.append(.task(tasks.count))
                tasks.append(planned)
            case .block(let block):
                add(block, inside: outer, tags: tags)
            }
        }
    }

    private mutating func add(_ block: Block, inside outer: TaskKeywords, tags: TagSelection) {
        let keywords = block.keywords.inheriting(outer)
        let number = blocks.count
        blocks.append(BlockLayout())
        instructions.append(.enterBlock(number))
        add(block.tasks, inside: keywords, tags: tags)
        instructions.append(.mainEnds(number))
        let rescue = instructions.count
        // A rescue has nothing to rescue from where its block's tasks were left out.
        if start.isReached { add(block.rescue, inside: keywords, tags: tags) }
        if instructions.count > rescue {
            blocks[number].rescue = rescue
            instructions.append(.rescueEnds(number))
        }
        blocks[number].always = instructions.count
        add(block.always, inside: keywords, tags: tags)
        instructions.append(.alwaysEnds(number))
    }

    private static func plan(_ definition: TaskDefinition, inside outer: TaskKeywords) -> PlannedTask {
        PlannedTask(definition: definition, keywords: definition.keywords.inheriting(outer))
    }
}
