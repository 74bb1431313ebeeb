import CEpoll
import Glibc
import Support
import Synchronization

/// One thread, one epoll set: the executor of every connection that lives on it, and of the tasks that drive them.
///
/// Run a host's task with `withTaskExecutorPreference(connection.loop)`: then a wait ends on the thread that saw the
/// bytes come in.
/// What a job or an action does must not block.
package final class EventLoop: SerialExecutor, TaskExecutor {
    private enum Work {
        case job(UnownedJob)
        case action(@Sendable () -> Void)
    }

    private struct Inbox {
        var work: [Work] = []
        /// The thread has been notified, or is awake and will look.
        var signalled = false
        var stopping = false
        var ended = false
    }

    /// What other threads hand in; the only state that needs a lock.
    private let inbox = Mutex(Inbox())
    private let threadIdentity = Atomic<UInt>(0)
    private let epoll: Int32
    private let wakeup: Int32

    // The rest belongs to the loop's thread: every access is behind `preconditionOnLoop`, or in `run` itself.
    nonisolated(unsafe) private var ready: [Work] = []
    nonisolated(unsafe) private var endOfTurn: [() -> Void] = []
    nonisolated(unsafe) private var timers = TimerQueue()
    nonisolated(unsafe) private var sinks: [UInt64: any ReadinessSink] = [:]
    nonisolated(unsafe) private var lastRegistration: UInt64 = 0

    init(name: String) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epoll >= 0 && wakeup >= 0, "no descriptors left for an event loop")
        var event = epoll_event(events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data_t(u64: 0))
        epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event)
        Threads.start(name: name) { self.run() }
    }

    deinit {
        Glibc.close(epoll)
        Glibc.close(wakeup)
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) { submit(.job(UnownedJob(job))) }
    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
    package func checkIsolated() { preconditionOnLoop() }

    package var isCurrent: Bool { threadIdentity.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Stops the process with a sentence when loop-only state is touched from elsewhere: only a mistake of this
    /// target's can do that.
    func preconditionOnLoop() {
        precondition(isCurrent, "used off the event loop that it belongs to")
    }

    /// Runs `action` on the loop's thread, soon. After the loop has ended it is dropped.
    func execute(_ action: @escaping @Sendable () -> Void) { submit(.action(action)) }

    private func submit(_ work: Work) {
        if isCurrent {
            ready.append(work)
            return
        }
        let mustSignal = inbox.withLock { inbox in
            if inbox.ended {
                if case .job = work { preconditionFailure("a task still uses an event loop that was shut down") }
                return false
            }
            inbox.work.append(work)
            defer { inbox.signalled = true }
            return !inbox.signalled
        }
        if mustSignal { signal() }
    }

    private func signal() {
        var one: UInt64 = 1
        _ = Glibc.write(wakeup, &one, 8)
    }

    /// Runs `action` once the jobs and events of this turn are done, before the loop waits.
    func atEndOfTurn(_ action: @escaping () -> Void) {
        preconditionOnLoop()
        endOfTurn.append(action)
    }

    // MARK: Descriptors

    /// Tells `sink` of every change of `descriptor`'s readiness, both directions, edge-triggered, until `deregister`.
    /// Returns the registration's number, or nil when the kernel refuses.
    func register(_ descriptor: Int32, sink: any ReadinessSink) -> UInt64? {
        preconditionOnLoop()
        lastRegistration += 1
        let bits = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        var event = epoll_event(events: bits, data: epoll_data_t(u64: lastRegistration))
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else { return nil }
        sinks[lastRegistration] = sink
        return lastRegistration
    }

    /// Call it before closing the descriptor. Events that are already on their way are dropped, since the number is
    /// never used again.
    func deregister(_ descriptor: Int32, _ registration: UInt64) {
        preconditionOnLoop()
        sinks[registration] = nil
        var unused = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &unused)
    }

    // MARK: Timers

    /// Runs `action` on the loop at `deadline`. Hold whatever it acts on weakly: a timer lives until its deadline or
    /// its cancellation.
    func schedule(at deadline: ContinuousClock.Instant, _ action: @escaping () -> Void) -> TimerQueue.ID {
        preconditionOnLoop()
        return timers.add(deadline, action)
    }

    func cancel(_ timer: TimerQueue.ID) {
        preconditionOnLoop()
        timers.cancel(timer)
    }

    // MARK: The thread

    /// An asynchronous step takes a few jobs; each look at the descriptors in between is a system call.
    private static let roundsInTurn = 16

    private func run() {
        threadIdentity.store(UInt(pthread_self()), ordering: .relaxed)
        let serial = asUnownedSerialExecutor()
        let task = asUnownedTaskExecutor()
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { events in
            var batch: [Work] = []
            while true {
                for action in timers.due(at: .now) { action() }
                // What these jobs enqueue runs in the next round; after some rounds the descriptors are looked at, so
                // nobody starves.
                var round = 0
                while !ready.isEmpty, round < Self.roundsInTurn {
                    round += 1
                    swap(&batch, &ready)
                    for work in batch {
                        switch work {
                        case .job(let job): job.runSynchronously(isolatedTo: serial, taskExecutor: task)
                        case .action(let action): action()
                        }
                    }
                    batch.removeAll(keepingCapacity: batch.capacity < 4096)
                }
                var index = 0
                while index < endOfTurn.count {
                    endOfTurn[index]()
                    index += 1
                }
                endOfTurn.removeAll(keepingCapacity: true)
                guard drainInbox() else { return }
                let timeout = ready.isEmpty ? timers.millisecondsToNext(from: .now) : 0
                let count = epoll_wait(epoll, events.baseAddress, 256, timeout)
                index = 0
                while index < count {
                    let event = events[index]
                    if event.data.u64 == 0 {
                        drainSignal()
                    } else {
                        sinks[event.data.u64]?.readinessChanged(event.events)
                    }
                    index += 1
                }
                _ = drainInbox()
            }
        }
    }

    /// Moves what others handed in to the ready list; false when the loop is to end and nothing is left to run.
    private func drainInbox() -> Bool {
        inbox.withLock { inbox in
            if inbox.stopping, inbox.work.isEmpty, ready.isEmpty, sinks.isEmpty {
                inbox.ended = true
                return false
            }
            if !inbox.work.isEmpty {
                ready.append(contentsOf: inbox.work)
                inbox.work.removeAll(keepingCapacity: inbox.work.capacity < 4096)
            }
            return true
        }
    }

    private func drainSignal() {
        var count: UInt64 = 0
        _ = Glibc.read(wakeup, &count, 8)
        inbox.withLock { $0.signalled = false }
    }

    /// The loop ends when the connections on it are closed and its jobs have run. Returns at once.
    func stop() {
        inbox.withLock { $0.stopping = true }
        signal()
    }

    var hasEnded: Bool { inbox.withLock { $0.ended } }
}

/// Who is notified when a descriptor became readable or writable, on the loop's thread.
protocol ReadinessSink: AnyObject {
    func readinessChanged(_ events: UInt32)
}
