import Playbook
import YAML

/// A `mode:` argument: an octal number, or symbols as `chmod` has them, applied as Ansible applies them.
enum FileMode: Sendable, Hashable {
    case bits(Int)
    case symbols(String)

    /// `0644`, `01777`: a zero and at least three octal digits.
    static func text(_ mode: Int) -> String {
        let digits = String(mode, radix: 8)
        return "0" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    /// For `chmod`: five digits, since with fewer GNU's leaves a folder's set-id bits as they are.
    static func argument(_ mode: Int) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    /// A number is the mode itself (YAML reads `0644` as 420); a text is octal or symbols. Other bits than permissions,
    /// as in git's
    /// `100644`, do not count.
    /// - Throws: when it is neither.
    init(_ value: Value, path: String) throws {
        switch value {
        case .int(let number, _): self = .bits(number & 0o7777)
        case .string(let written, _):
            let words = written.split(whereSeparator: \.isWhitespace)
            let text = words.count == 1 ? String(words[0]) : written
            let digits = text.hasPrefix("0o") || text.hasPrefix("0O") ? text.dropFirst(2) : text[...]
            if let number = Int(digits, radix: 8), !text.hasPrefix("-") {
                self = .bits(number & 0o7777)
            } else {
                guard Self.clauses(text) != nil else {
                    throw ModuleFailure(
                        "mode must be in octal or symbolic form",
                        ["path": .string(path), "details": .string("bad symbolic permission for mode: \(text)")])
                }
                self = .symbols(text)
            }
        default: throw ModuleFailure("mode must be in octal or symbolic form", ["path": .string(path)])
        }
    }

    /// The mode that a file gets.
    /// - Parameters:
    ///   - umask: the host's, for clauses that name nobody (`+x`).
    func applied(to current: Int, isDirectory: Bool, umask: Int) -> Int {
        guard case .symbols(let text) = self, let clauses = Self.clauses(text) else {
            if case .bits(let bits) = self { return bits }
            return current
        }
        var mode = current
        for clause in clauses {
            let before = mode
            for (operation, permissions) in clause.steps {
                for user in clause.users {
                    let bits = Self.bits(
                        permissions, for: user, before: before, isDirectory: isDirectory,
                        mask: clause.usesUmask ? ~umask : ~0)
                    switch operation {
                    case "+": mode |= bits
                    case "-": mode &= ~bits
                    default: mode = mode & ~user.all | bits
                    }
                }
            }
        }
        return mode
    }

    private enum User {
        case owner, group, others
        var shift: Int {
            switch self {
            case .owner: 6
            case .group: 3
            case .others: 0
            }
        }
        /// Everything that `=` sets anew.
        var all: Int {
            switch self {
            case .owner: 0o4700
            case .group: 0o2070
            case .others: 0o1007
            }
        }
    }

    private struct Clause {
        var users: [User]
        var usesUmask: Bool
        var steps: [(Character, Substring)]
    }

    /// `u=rw,g+s` in parts; nil when it is not of that form.
    private static func clauses(_ text: String) -> [Clause]? {
        var clauses: [Clause] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let names = part.prefix { !"+-=".contains($0) }
            var rest = part.dropFirst(names.count)
            guard !rest.isEmpty, names == "a" || names.allSatisfy({ "ugo".contains($0) }) else { return nil }
            var clause = Clause(
                users: names.isEmpty || names == "a"
                    ? [.owner, .group, .others] : names.map { $0 == "u" ? .owner : $0 == "g" ? .group : .others },
                usesUmask: names.isEmpty, steps: [])
            while let operation = rest.popFirst() {
                let permissions = rest.prefix { !"+-=".contains($0) }
                guard permissions.allSatisfy({ "rwxXstugo".contains($0) }) else { return nil }
                clause.steps.append((operation, permissions))
                rest = rest.dropFirst(permissions.count)
            }
            clauses.append(clause)
        }
        return clauses
    }

    private static func bits(_ permissions: Substring, for user: User, before: Int, isDirectory: Bool, mask: Int) -> Int
    {
        permissions.reduce(0) { bits, permission in
            switch permission {
            case "r": bits | (4 << user.shift & mask)
            case "w": bits | (2 << user.shift & mask)
            case "x": bits | (1 << user.shift & mask)
            case "X": isDirectory || before & 0o111 != 0 ? bits | 1 << user.shift : bits
            case "s": bits | (user == .owner ? 0o4000 : user == .group ? 0o2000 : 0)
            case "t": bits | (user == .others ? 0o1000 : 0)
            case "u": bits | (before >> 6 & 7) << user.shift
            case "g": bits | (before >> 3 & 7) << user.shift
            case "o": bits | (before & 7) << user.shift
            default: bits
            }
        }
    }
}

extension Arguments {
    /// Refuses an invalid mode before anything is done, for modules that use it late.
    /// - Parameter mayPreserve: the module knows `preserve`.
    func requireMode(_ name: String, of path: String, mayPreserve: Bool = false) throws {
        guard let value = map[name], value.string?.isEmpty != true, !(mayPreserve && value.string == "preserve") else {
            return
        }
        do { _ = try FileMode(value, path: path) } catch var failure as ModuleFailure {
            failure.explanation = "\(name) is '\(ArgumentBinder.text(value))'"
            throw failure
        }
    }
}
