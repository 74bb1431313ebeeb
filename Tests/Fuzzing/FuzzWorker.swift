import Foundation

/// The process that reads the inputs, one after the other, until it has read them all or dies of one.
package enum FuzzWorker {
    /// The least that a thread of the program's has: what glibc gives where the stack's limit is 'unlimited'. A build
    /// for debugging takes about four times as many for the same.
    #if DEBUG
    private static let stackSize = 8 << 20
    #else
    private static let stackSize = 2 << 20
    #endif

    package static func run(_ target: FuzzTarget, seed: UInt64, first: UInt64, count: UInt64, file: InputFile) {
        let inputs = FuzzInputs(target)
        onSmallStack {
            for number in first..<(first + count) {
                let input = inputs.input(seed: seed, number: number)
                file.begin(input, number: number)
                target.read(input)
                file.done += 1
            }
        }
    }

    package static func replay(_ target: FuzzTarget, _ input: [UInt8]) { onSmallStack { target.read(input) } }

    private static func onSmallStack(_ body: @escaping @Sendable () -> Void) {
        let ended = DispatchSemaphore(value: 0)
        let thread = Thread {
            body()
            ended.signal()
        }
        thread.stackSize = stackSize
        thread.start()
        ended.wait()
    }
}
