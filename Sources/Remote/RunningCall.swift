/// What has come of a call that runs, on both streams. A value.
struct RunningCall {
    var output: CollectedOutput, errors: CollectedOutput
    private(set) var status: Int32?
    private var outputEnded = false, errorsEnded = false
    var groupIsGone = false

    init(limit: Int) { (output, errors) = (CollectedOutput(limit: limit), CollectedOutput(limit: limit)) }

    var isComplete: Bool { outputEnded && errorsEnded }
    func hasEnded(_ stream: OutputChunk.Stream) -> Bool { stream == .stdout ? outputEnded : errorsEnded }
    mutating func append(_ bytes: [UInt8], _ stream: OutputChunk.Stream) {
        if stream == .stdout { output.append(bytes) } else { errors.append(bytes) }
    }
    mutating func end(_ stream: OutputChunk.Stream, _ status: Int32?) {
        if stream == .stdout { (self.status, outputEnded) = (status, true) } else { errorsEnded = true }
    }
}
