/// `modification_time` and `access_time` of the file module.
struct FileTimes: Sendable {
    enum DesiredTime: Sendable {
        case preserve, now
        /// As `touch -t` reads it, and in seconds since 1970 once the host has said what that is in its time zone.
        case at(String, seconds: Int?)
    }
    private(set) var modified: DesiredTime, accessed: DesiredTime

    init(_ arguments: Arguments, isTouch: Bool) throws {
        func desired(_ name: String) throws -> DesiredTime {
            switch arguments.string(name) ?? (isTouch ? "now" : "preserve") {
            case "preserve": return .preserve
            case "now": return .now
            case let text:
                let format = arguments.string(name + "_format") ?? "%Y%m%d%H%M.%S"
                guard let time = try Self.touchTime(text, format) else {
                    throw ModuleFailure("Error while obtaining timestamp for time \(text) using format \(format)")
                }
                return .at(time, seconds: nil)
            }
        }
        modified = try desired("modification_time")
        accessed = try desired("access_time")
    }

    /// A time written in a form of Python's `strptime`, as `touch -t` has it (the host's time zone applies); nil when
    /// it is not of that form.
    private static func touchTime(_ text: String, _ format: String) throws -> String? {
        var fields: [Character: Int] = ["Y": 1900, "m": 1, "d": 1, "H": 0, "M": 0, "S": 0]
        var text = text[...]
        var format = format[...]
        while let next = format.popFirst() {
            guard next == "%", let directive = format.popFirst(), directive != "%" else {
                guard text.popFirst() == next else { return nil }
                continue
            }
            guard fields[directive] != nil || directive == "y" else {
                throw ModuleFailure("%\(directive) in the form of a time is not supported")
            }
            let digits = text.prefix(directive == "Y" ? 4 : 2).prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), directive != "Y" || digits.count == 4 else { return nil }
            text = text.dropFirst(digits.count)
            if directive == "y" {
                fields["Y"] = number + (number < 69 ? 2000 : 1900)
            } else {
                fields[directive] = number
            }
        }
        let limits: [(Character, ClosedRange<Int>)] = [
            ("m", 1...12), ("d", 1...31), ("H", 0...23), ("M", 0...59), ("S", 0...61),
        ]
        guard text.isEmpty, limits.allSatisfy({ $1.contains(fields[$0] ?? 0) }) else { return nil }
        func part(_ field: Character, _ length: Int = 2) -> String {
            let digits = String(fields[field] ?? 0)
            return String(repeating: "0", count: max(0, length - digits.count)) + digits
        }
        return part("Y", 4) + part("m") + part("d") + part("H") + part("M") + "." + part("S")
    }

    var mayChange: Bool {
        if case .preserve = modified, case .preserve = accessed { false } else { true }
    }

    /// Asks the host what the given times are in seconds: one record.
    var observation: ShellScript {
        if case .at = modified {} else if case .at = accessed {} else { return "printf '\\000'\n" }
        func question(_ desired: DesiredTime) -> ShellScript {
            guard case .at(let text, _) = desired else { return "echo\n" }
            let digits = Array(text.filter(\.isNumber))
            func part(_ range: Range<Int>) -> String { String(digits[range]) }
            let date = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(8..<10)):\(part(10..<12)):\(part(12..<14))"
            return "date -d \(date) +%s 2>/dev/null || echo\n"
        }
        return "\(shell: question(modified))\(shell: question(accessed))printf '\\000'\n"
    }

    /// With the host's answer.
    func resolved(_ record: String) -> FileTimes {
        let answers = record.split(separator: "\n", omittingEmptySubsequences: false).map { Int($0) }
        func known(_ desired: DesiredTime, _ index: Int) -> DesiredTime {
            guard case .at(let text, _) = desired, answers.indices.contains(index) else { return desired }
            return .at(text, seconds: answers[index])
        }
        var times = self
        times.modified = known(modified, 0)
        times.accessed = known(accessed, 1)
        return times
    }

    /// Sets the times that are not there yet; nil when all are.
    func script(_ path: String, _ status: FileStatus) -> ShellScript? {
        func part(_ desired: DesiredTime, _ flag: ShellScript, _ present: Int) -> ShellScript {
            switch desired {
            case .preserve: ""
            case .now: "touch -c \(shell: flag) -- \(path) || exit\n"
            case .at(_, let seconds) where seconds == present: ""
            case .at(let time, _): "touch -c \(shell: flag) -t \(time) -- \(path) || exit\n"
            }
        }
        let script = part(modified, "-m", status.modified) + part(accessed, "-a", status.accessed)
        return script.text.isEmpty ? nil : script
    }
}
