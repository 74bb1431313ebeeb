/// Which task on which host of a batch, in the engine's words.
public typealias TaskID = TaskPlace

/// Which attempt of a task: for an item of its loop (0 without one), in one of its tries.
public typealias AttemptID = ActPlace
