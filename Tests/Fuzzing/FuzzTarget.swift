import Foundation
import TestSupport

/// Something that reads what others wrote: a parser, the template language.
///
/// Whatever bytes it gets, it returns. What ends the process, takes endless time or all memory is a fault, and its
/// input becomes a case of a test.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Texts to begin with: what the tests' fixtures hold of this kind, and what a reader of the code knows to be
    /// difficult.
    let samples: @Sendable () -> [[UInt8]]
    /// Words that mean something to it.
    let words: [String]
    /// Makes an input by the rules of its language; nil where changed samples are enough.
    let grammar: (@Sendable (inout Dice) -> String)?
    let read: @Sendable ([UInt8]) -> Void

    init(
        _ name: String, samples: @autoclosure @escaping @Sendable () -> [String] = [], words: [String] = [],
        grammar: (@Sendable (inout Dice) -> String)? = nil, _ read: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.init(name, bytes: samples().map { Array($0.utf8) }, words: words, grammar: grammar, read)
    }

    init(
        _ name: String, bytes samples: @autoclosure @escaping @Sendable () -> [[UInt8]], words: [String] = [],
        grammar: (@Sendable (inout Dice) -> String)? = nil, _ read: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.name = name
        self.samples = samples
        self.words = words
        self.grammar = grammar
        self.read = read
    }

    package static let all: [FuzzTarget] = texts + inventories + templates + state + keys + host + playbooks + requests

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

    /// A property that should hold for every input does not: the process ends, as it does of any other fault, and the
    /// run keeps the input.
    static func broken(_ property: String) -> Never {
        FileHandle.standardError.write(Data("\(property)\n".utf8))
        exit(70)
    }
}

/// Makes a target's inputs.
struct FuzzInputs {
    private let target: FuzzTarget
    private let samples: [[UInt8]]

    init(_ target: FuzzTarget) {
        self.target = target
        let samples = target.samples()
        self.samples = samples.isEmpty ? [[]] : samples
    }

    /// The same for a seed and a number, whatever came before.
    func input(seed: UInt64, number: UInt64) -> [UInt8] {
        var dice = Dice(SeededGenerator(seed &+ number &* 0x2545_f491_4f6c_dd1d, stream: target.name))
        let mutation = Mutation(words: target.words, samples: samples)
        if let grammar = target.grammar, dice.chance(60) {
            let made = Array(grammar(&dice).utf8)
            return dice.chance(70) ? made : mutation.changed(made, &dice)
        }
        return mutation.changed(dice.one(of: samples), &dice)
    }
}
