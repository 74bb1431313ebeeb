import Credentials
import Playbook
import Templating
import YAML

/// A play laid out flat: every host has a place in the same list of instructions, so that 'the earliest task that any
/// host is at' is a comparison of numbers.
///
/// What an include brings is laid out behind all that is there, once for all hosts that include the same: no
/// instruction, task or handler ever changes its number.
/// A host that has come to the end of it goes on behind the include.
///
/// Sections stand in the language's order (facts, pre_tasks, tasks, post_tasks), with a flush of the notified handlers
/// after each of the last three. Tasks that the tags leave out are not in it, nor are those before the run's starting
/// point.
package struct PlayProgram: Sendable {
    package enum Instruction: Sendable, Equatable {
        case task(Int)
        case enterBlock(Int)
        case mainEnds(Int)
        case rescueEnds(Int)
        case alwaysEnds(Int)
        case flushHandlers
        /// What follows belongs to includes.
        case playEnds
        case inclusionEnds
    }
    /// Where the sections of a block begin; `always` is there for every block, if only to end it.
    package struct BlockLayout: Sendable {
        package var rescue: Int?
        package var always = 0
        /// What follows it.
        package var end = 0
        /// Where it is a role's tasks.
        package var role: RoleLayout?
    }
    package struct RoleLayout: Sendable {
        /// Calls of one role that are the same have the same number.
        package let number: Int
        /// Whether a host does it that has done the same call.
        package let allowsDuplicates: Bool
    }

    package private(set) var instructions: [Instruction] = []
    package private(set) var tasks: [PlannedTask] = []
    package private(set) var handlers: [PlannedTask] = []
    package private(set) var blocks: [BlockLayout] = []
    /// Where each inclusion begins.
    package private(set) var inclusions: [Int] = []
    private var inclusionNumbers: [InclusionPlace: Int] = [:]
    private var roleNumbers: [RoleCallIdentity: Int] = [:]
    private struct InclusionPlace: Sendable, Hashable {
        let include: TaskReference
        let inclusion: Inclusion
    }
    /// Numbers of the handlers that a name or a topic stands for.
    package private(set) var handlerNumbers: [String: [Int]] = [:]
    /// Templates among the tags that need a host, or that can't be rendered at all.
    package private(set) var unknownTags: [Located<String>] = []
    private let tags: TagSelection
    /// A value that needs no host, rendered; nil when it can't be.
    private let render: @Sendable (Value) -> Value?
    /// Not reached when none of the play's tasks is it; the play then has nothing to do.
    package private(set) var start = StartingPoint()

    /// - Parameters:
    ///   - factGathering: the spec of `setup`, when the play gathers facts.
    ///   - render: for names and keywords that need no host.
    package init(
        _ play: Play, tags: TagSelection = TagSelection(), from start: StartingPoint = StartingPoint(),
        factGathering: ModuleSpec? = nil,
        render: @escaping @Sendable (Value) -> Value? = { $0 }
    ) {
        self.tags = tags
        self.render = render
        if let factGathering {
            var gathering = TaskDefinition(
                mark: play.mark, module: factGathering, arguments: Located(play.gathering, at: play.mark))
            gathering.name = "Gathering Facts"
            // The language gathers facts whatever the tags asked for, unless the play itself is tagged.
            if play.keywords.tags.isEmpty { gathering.keywords.tags = ["always"] }
            add([.task(gathering)], inside: play.keywords)
        }
        self.start = start
        for section in [play.preTasks, play.tasks, play.postTasks] {
            add(section, inside: play.keywords)
            instructions.append(.flushHandlers)
        }
        instructions.append(.playEnds)
        add(handlers: play.handlers, inside: play.keywords)
    }

    // MARK: Includes

    /// Lays out what an include brings, unless that was done for another host.
    /// - Returns: the inclusion's number.
    mutating func include(_ included: Included, by reference: TaskReference) -> Int {
        let place = InclusionPlace(include: reference, inclusion: included.inclusion)
        if let number = inclusionNumbers[place] { return number }
        let number = inclusions.count
        inclusions.append(instructions.count)
        inclusionNumbers[place] = number
        let include = self[reference]
        var keywords = include.definition.applied.inheriting(include.surroundings)
        keywords.variables.merge(include.definition.keywords.variables)
        var locals = include.locals
        locals.merge(included.inclusion.locals)
        let parameters = include.parameters.overlaid(by: include.definition.keywords.variables)
        let first = (task: tasks.count, handler: handlers.count)
        add(included.steps, inside: keywords)
        instructions.append(.inclusionEnds)
        let isKnown = Set(handlers.map(\.definition.mark))
        add(handlers: included.handlers.filter { !isKnown.contains($0.mark) }, inside: keywords)
        for index in first.task..<tasks.count {
            (tasks[index].locals, tasks[index].depth) = (locals, include.depth + 1)
            tasks[index].parameters = parameters
        }
        for index in first.handler..<handlers.count {
            (handlers[index].locals, handlers[index].depth) = (locals, include.depth + 1)
            handlers[index].parameters = parameters
        }
        return number
    }

    /// A keyword's number.
    static func count(_ value: Value) -> Int? {
        KeywordSpec.number(value).flatMap { Int(exactly: $0.rounded(.towardZero)) }
    }

    private mutating func add(handlers added: [TaskDefinition], inside keywords: TaskKeywords) {
        let first = handlers.count
        for handler in added {
            var planned = plan(handler, inside: keywords)
            planned.isHandler = true
            handlers.append(planned)
        }
        for index in first..<handlers.count {
            guard let name = handlers[index].definition.name else { continue }
            let rendered = render(.string(name, .trusted)).map(ArgumentBinder.text) ?? name
            // Of two handlers with one name the last counts.
            for name in Set([name, rendered]) {
                handlerNumbers[name] = [index]
                if let role = handlers[index].definition.role { handlerNumbers["\(role.name) : \(name)"] = [index] }
            }
        }
        for index in first..<handlers.count {
            for topic in handlers[index].definition.listen { handlerNumbers[topic, default: []].append(index) }
        }
    }

    // MARK: Layout

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

    private mutating func add(_ steps: [Step], inside outer: TaskKeywords) {
        for step in steps {
            switch step {
            case .task(let definition):
                let planned = plan(definition, inside: outer)
                guard tags.includes(planned.keywords.tags), start.admits(planned) else { continue }
                instructions.append(.task(tasks.count))
                tasks.append(planned)
            case .block(let block):
                add(block, inside: outer)
            }
        }
    }

    private mutating func add(_ block: Block, inside outer: TaskKeywords) {
        let keywords = block.keywords.inheriting(outer)
        let number = blocks.count
        blocks.append(BlockLayout())
        instructions.append(.enterBlock(number))
        add(block.tasks, inside: keywords)
        instructions.append(.mainEnds(number))
        let rescue = instructions.count
        // A rescue has nothing to rescue from where its block's tasks were left out.
        if start.isReached { add(block.rescue, inside: keywords) }
        if instructions.count > rescue {
            blocks[number].rescue = rescue
            instructions.append(.rescueEnds(number))
        }
        blocks[number].always = instructions.count
        add(block.always, inside: keywords)
        instructions.append(.alwaysEnds(number))
        blocks[number].end = instructions.count
        guard let role = block.role else { return }
        let roleNumber = roleNumbers[role.identity] ?? roleNumbers.count
        roleNumbers[role.identity] = roleNumber
        blocks[number].role = RoleLayout(number: roleNumber, allowsDuplicates: role.allowsDuplicates)
    }

    private mutating func plan(_ definition: TaskDefinition, inside outer: TaskKeywords) -> PlannedTask {
        var keywords = definition.keywords.inheriting(outer)
        if keywords.tags.contains(where: { Templar.holdsTemplate(.string($0, .trusted)) }) {
            var tags: [String] = []
            for tag in keywords.tags {
                if let rendered = render(.string(tag, .trusted)) {
                    tags += (rendered.list ?? [rendered]).map(ArgumentBinder.text)
                } else {
                    unknownTags.append(Located(tag, at: definition.mark))
                }
            }
            keywords.tags = tags.filter { !$0.isEmpty }
        }
        var planned = PlannedTask(
            definition: definition, keywords: keywords, surroundings: definition.isInclude ? outer : TaskKeywords())
        planned.saysConnection =
            ConnectionVariables.occur(in: keywords.variables) || ConnectionVariables.occur(in: keywords.defaults)
        let single = KeywordSpec.lateOnes.map { spec in (spec.name, spec.slot.flatMap { keywords[keyPath: $0] }) }
        for (name, value) in single + [("retries", definition.retries), ("delay", definition.delay)] {
            if let value, Templar.holdsTemplate(value.value) { planned.late.append(.init(name: name, value: value)) }
        }
        return planned
    }
}
