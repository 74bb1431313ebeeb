import Glibc

/// The thread of a `FaultProxy`: waits for sockets, moves bytes, strikes.
struct ProxyLoop: Sendable {
    let listener: LoopbackListener
    let target: Int
    let control: ProxyControl
    let faults: @Sendable (FaultProxy.Connection) -> [Fault]
    /// Links that fell silent are kept open, as the world does; of more than so many the oldest end by RST.
    private static let abandonedLimit = 64

    func run() {
        var links: [ProxyLink] = []
        var abandoned: [ProxyLink] = []
        var attempts: [String: Int] = [:]
        var accepted = 0
        defer {
            for link in links + abandoned { link.close(byReset: true) }
            listener.close()
        }
        while true {
            var waits = [
                pollfd(fd: control.wakeUps, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            var patience: Int32 = -1
            for link in links {
                waits += link.waits
                if let delay = link.milliseconds(from: now()) { patience = patience < 0 ? delay : min(patience, delay) }
            }
            guard poll(&waits, UInt(waits.count), patience) >= 0 || errno == EINTR else { return }
            if waits[0].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 64)
                _ = read(control.wakeUps, &bytes, bytes.count)
            }
            let told = control.state.withLock { state in
                defer { state.orders = [] }
                return state
            }
            if told.isStopping { return }

            var kept: [ProxyLink] = []
            for (index, var link) in links.enumerated() {
                link.move(waits[2 + 2 * index].revents, waits[3 + 2 * index].revents, at: now())
                for kind in told.orders { link.strike(Fault(kind, .toController, after: link.passed(.toController))) }
                let struck = link.takeStruck()
                if !struck.isEmpty { control.state.withLock { $0.breaks += struck } }
                switch link.state {
                case .open: kept.append(link)
                case .silent: abandoned.append(link)
                case .closed: break
                }
            }
            links = kept
            while abandoned.count > Self.abandonedLimit { abandoned.removeFirst().close(byReset: true) }

            guard waits[1].revents != 0 else { continue }
            let controller = listener.accept()
            guard controller >= 0 else { continue }
            accepted += 1
            control.state.withLock { $0.connections += 1 }
            guard !told.isDown, let address = localAddress(of: controller),
                let host = connectLoopback(address, port: target)
            else {
                endSocket(controller, byReset: true)
                continue
            }
            attempts[address, default: 0] += 1
            let connection = FaultProxy.Connection(number: accepted, address: address, attempt: attempts[address] ?? 1)
            links.append(ProxyLink(connection, controller: controller, host: host, faults: faults(connection)))
        }
    }

    /// Milliseconds of a clock that never goes back.
    private func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

/// One connection through the proxy. It owns two sockets, which `close` ends.
struct ProxyLink: Sendable {
    enum State: Sendable { case open, silent, closed }
    /// Bytes on their way in one direction.
    private struct Flow: Sendable {
        let from: Int32, to: Int32
        var pending: [UInt8] = []
        var heldUntil = 0
        var passed = 0
        /// The first one first.
        var faults: [Fault]
        var delay = 0, pieces = Int.max
        var hasEnded = false, isShut = false
        /// Its receiver was told that it is over; what still comes is read, so that closing does not turn into RST.
        var isDiscarding = false
    }

    let connection: FaultProxy.Connection
    private(set) var state = State.open
    private let controller: Int32, host: Int32
    private var toHost: Flow, toController: Flow
    private var struck: [FaultProxy.Struck] = []
    private var isControllerClosed = false, isHostClosed = false

    init(_ connection: FaultProxy.Connection, controller: Int32, host: Int32, faults: [Fault]) {
        self.connection = connection
        self.controller = controller
        self.host = host
        func ordered(_ direction: Fault.Direction) -> [Fault] {
            faults.filter { $0.direction == direction }.sorted { $0.after < $1.after }
        }
        toHost = Flow(from: controller, to: host, faults: ordered(.toHost))
        toController = Flow(from: host, to: controller, faults: ordered(.toController))
        for descriptor in [controller, host] {
            var one: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
        applyDue(\.toHost)
        applyDue(\.toController)
    }

    func passed(_ direction: Fault.Direction) -> Int { direction == .toHost ? toHost.passed : toController.passed }

    mutating func takeStruck() -> [FaultProxy.Struck] {
        defer { struck = [] }
        return struck
    }

    /// Of the controller's socket, then the host's.
    var waits: [pollfd] {
        func wait(_ descriptor: Int32, reads: Flow, writes: Flow) -> pollfd {
            var events: Int32 = 0
            if reads.pending.isEmpty, !reads.hasEnded { events |= POLLIN }
            if !writes.pending.isEmpty, writes.heldUntil == 0 { events |= POLLOUT }
            // Nothing to wait for: the system would still tell of a hang-up, again and again.
            return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
        }
        return [wait(controller, reads: toHost, writes: toController), wait(host, reads: toController, writes: toHost)]
    }

    /// Until held bytes may go.
    func milliseconds(from now: Int) -> Int32? {
        [toHost, toController].filter { $0.heldUntil > 0 }.map { Int32(clamping: max(0, $0.heldUntil - now)) }.min()
    }

    mutating func move(_ controllerEvents: Int16, _ hostEvents: Int16, at now: Int) {
        if state == .open, controllerEvents != 0 || hostEvents != 0 || toHost.heldUntil > 0 { pass(\.toHost, at: now) }
        if state == .open, controllerEvents != 0 || hostEvents != 0 || toController.heldUntil > 0 {
            pass(\.toController, at: now)
        }
        if state == .open, toHost.isShut, toController.isShut {
            close(byReset: false)
            state = .closed
        }
    }

    private mutating func pass(_ flow: WritableKeyPath<ProxyLink, Flow>, at now: Int) {
        if self[keyPath: flow].pending.isEmpty, !self[keyPath: flow].hasEnded {
            var buffer = [UInt8](repeating: 0, count: 32 << 10)
            let count = recv(self[keyPath: flow].from, &buffer, buffer.count, 0)
            if count > 0 {
                if self[keyPath: flow].isDiscarding { return }
                self[keyPath: flow].pending = Array(buffer[..<count])
                if self[keyPath: flow].delay > 0 { self[keyPath: flow].heldUntil = now + self[keyPath: flow].delay }
            } else if count == 0 {
                self[keyPath: flow].hasEnded = true
            } else if errno != EAGAIN, errno != EINTR {
                return end(byReset: true)
            }
        }
        if self[keyPath: flow].heldUntil > now { return }
        self[keyPath: flow].heldUntil = 0
        while state == .open, !self[keyPath: flow].pending.isEmpty {
            let pending = self[keyPath: flow].pending
            var length = min(pending.count, self[keyPath: flow].pieces)
            if let fault = self[keyPath: flow].faults.first {
                length = min(length, fault.after - self[keyPath: flow].passed)
            }
            let sent = pending.withUnsafeBytes {
                send(self[keyPath: flow].to, $0.baseAddress, length, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 {
                if errno == EAGAIN || errno == EINTR { return }
                return end(byReset: true)
            }
            self[keyPath: flow].pending.removeFirst(sent)
            self[keyPath: flow].passed += sent
            applyDue(flow)
        }
        if state == .open, self[keyPath: flow].hasEnded, !self[keyPath: flow].isShut {
            if !self[keyPath: flow].isDiscarding { shutdown(self[keyPath: flow].to, Int32(SHUT_WR)) }
            self[keyPath: flow].isShut = true
        }
    }

    /// Strikes with what is due at this many bytes.
    private mutating func applyDue(_ flow: WritableKeyPath<ProxyLink, Flow>) {
        while state == .open, let fault = self[keyPath: flow].faults.first, fault.after <= self[keyPath: flow].passed {
            self[keyPath: flow].faults.removeFirst()
            switch fault.kind {
            case .delay(let milliseconds): self[keyPath: flow].delay = milliseconds
            case .pieces(let length): self[keyPath: flow].pieces = max(1, length)
            default: strike(fault)
            }
        }
    }

    mutating func strike(_ fault: Fault) {
        guard state == .open, fault.kind.isBreak else { return }
        struck.append(
            FaultProxy.Struck(
                connection: connection, fault: fault, toHost: toHost.passed, toController: toController.passed))
        switch fault.kind {
        case .reset: end(byReset: true)
        case .finish:
            cutOff(&toHost)
            cutOff(&toController)
        case .halfClose:
            if fault.direction == .toHost { cutOff(&toHost) } else { cutOff(&toController) }
        case .silence: state = .silent
        case .lostByHost:
            endSocket(host, byReset: true)
            isHostClosed = true
            state = .silent
        case .lostByController:
            endSocket(controller, byReset: true)
            isControllerClosed = true
            state = .silent
        case .delay, .pieces: break
        }
    }

    private func cutOff(_ flow: inout Flow) {
        shutdown(flow.to, Int32(SHUT_WR))
        flow.pending = []
        flow.faults = []
        flow.heldUntil = 0
        flow.isDiscarding = true
    }

    private mutating func end(byReset: Bool) {
        close(byReset: byReset)
        state = .closed
    }

    func close(byReset: Bool) {
        if !isControllerClosed { endSocket(controller, byReset: byReset) }
        if !isHostClosed { endSocket(host, byReset: byReset) }
    }
}
