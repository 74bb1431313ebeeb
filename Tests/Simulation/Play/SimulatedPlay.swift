import Engine
import Playbook
import TestSupport
import YAML

/// A play of random shape, as the tree that the model walks and as what the playbook's reader would give for it.
struct SimulatedPlay {
    indirect enum Node {
        /// Number of the task and its place in the order of the text.
        case task(Int, place: Int)
        case block(main: [Node], rescue: [Node], always: [Node])
        /// The end of a section: notified handlers run.
        case flush(place: Int)
    }
    private(set) var sections: [Node] = []
    private(set) var handlerCount: Int
    /// Tasks that are `meta`, by what they end with.
    private(set) var metas: [Int: TaskOutcome.Kind] = [:]
    private(set) var program: PlayProgram

    private var places = 0, tasks = 0

    init(_ random: inout SeededGenerator) {
        handlerCount = Int.random(in: 0...4, using: &random)
        let mark = SourceMark(file: "simulated.yml", line: 1, column: 1)
        var play = Play(mark: mark, hosts: Located(.string("all"), at: mark))
        program = PlayProgram(play)
        for section in [\Play.preTasks, \.tasks, \.postTasks] {
            let nodes = steps(Int.random(in: section == \.tasks ? 1...5 : 0...1, using: &random), depth: 0, &random)
            play[keyPath: section] = nodes.map { Self.step($0, mark) }
            sections += nodes + [.flush(place: place())]
        }
        play.handlers = (0..<handlerCount).map { Self.task("h\($0)", mark) }
        program = PlayProgram(play)
    }

    private mutating func place() -> Int {
        places += 1
        return places
    }

    private mutating func steps(_ count: Int, depth: Int, _ random: inout SeededGenerator) -> [Node] {
        (0..<count).map { _ in
            if depth < 3, random.chance(30) {
                let main = steps(Int.random(in: 1...3, using: &random), depth: depth + 1, &random)
                let rescue =
                    random.chance(60) ? steps(Int.random(in: 1...2, using: &random), depth: depth + 1, &random) : []
                return .block(
                    main: main, rescue: rescue, always: random.chance(50) ? steps(1, depth: depth + 1, &random) : [])
            }
            let number = tasks
            tasks += 1
            if random.chance(8) {
                metas[number] = .flushHandlers
            } else if random.chance(4) {
                metas[number] = [.endHost, .endBatch, .endPlay].randomElement(using: &random)
            }
            return .task(number, place: place())
        }
    }

    private static func step(_ node: Node, _ mark: SourceMark) -> Step {
        switch node {
        case .task(let number, _): return .task(task("t\(number)", mark))
        case .flush: preconditionFailure("no step of the language")
        case .block(let main, let rescue, let always):
            var block = Block(mark: mark)
            block.tasks = main.map { step($0, mark) }
            block.rescue = rescue.map { step($0, mark) }
            block.always = always.map { step($0, mark) }
            return .block(block)
        }
    }

    private static func task(_ name: String, _ mark: SourceMark) -> TaskDefinition {
        var task = TaskDefinition(
            mark: mark, module: ModuleSpec("debug", summary: "", options: []), arguments: Located(ValueMap(), at: mark))
        task.name = name
        return task
    }
}
