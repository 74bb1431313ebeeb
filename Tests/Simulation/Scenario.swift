import TestSupport

/// A world of state machines without I/O: a seed decides what happens in which order, a model of its own what should.
package struct Scenario: Sendable {
    package let name: String
    /// One interleaving, from its seed alone; throws a `Violation`.
    let run: @Sendable (_ random: inout SeededGenerator, _ trace: inout Trace) throws -> Void

    package static let all = [play, resume, session]

    /// - Parameter tracing: keeps what happened, for the report.
    package func run(seed: UInt64, tracing: Bool = false) -> (violation: String?, trace: [String]) {
        var random = SeededGenerator(seed, stream: name)
        var trace = Trace(isOn: tracing)
        do {
            try run(&random, &trace)
            return (nil, trace.lines)
        } catch {
            return ("\(error)", trace.lines)
        }
    }
}

/// A rule that did not hold.
struct Violation: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(problem()) }
}

/// What happened, a line each; nothing is kept, or even put together, when nobody looks.
struct Trace {
    let isOn: Bool
    private(set) var lines: [String] = []
    init(isOn: Bool) { self.isOn = isOn }
    mutating func note(_ line: @autoclosure () -> String) { if isOn { lines.append(line()) } }
}
