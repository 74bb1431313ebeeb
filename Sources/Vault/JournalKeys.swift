import Redaction
import Support
import YAML

/// The keys that journals of runs are sealed with.
///
/// They are not the vault's: a journal must open after the vault's key was replaced. They are kept in
/// `config/comfyfleet.journals.key`, sealed under the vault's key, or under
/// a key of their own in `config/comfyfleet.state.key` where there is none; a rotation seals them again, and adds one
/// for new journals.
package struct JournalKeys: Sendable {
    /// For new journals.
    package let current: StateSeal
    private let all: [String: StateSeal]

    /// The key that a journal names; nil when it is not there, or sealed under a key that is not.
    package func seal(_ fingerprint: String) -> StateSeal? { all[fingerprint] }

    /// Reads them, and makes what is missing.
    ///
    /// - Parameters:
    ///   - environment: of this process; the vault's key may come from it.
    ///   - secrets: the keys join them.
    /// - Throws: `VaultError` when a key is malformed, or none can be made.
    package static func load(
        files: VaultFiles, environment: [String: String], secrets: SecretSet? = nil
    ) async throws -> JournalKeys {
        var outer = try OuterKeys(files, environment)
        // The usual case needs no lock: the file is replaced in one step.
        let found = try JournalKeyFile.read(files)
        var opened = try found.opened(by: outer.all)
        if outer.preferred == nil || !found.isUpToDate(for: outer, opened) {
            do {
                try onDisk { () throws(FileProblem) in
                    try PrivateFile.makeFolder(of: files.lock)
                    try PrivateFile.makeFolder(of: files.journalKeys)
                }
                let repaired = try await FileLock.hold(files.lock) { try JournalKeyFile.repaired(files, environment) }
                outer = try OuterKeys(files, environment)
                opened = try repaired.opened(by: outer.all)
            } catch let error as VaultError where error.code == .file && outer.preferred != nil {
                // Where nothing can be written, no key is rotated either: journals use those that are there, or the
                // vault's itself.
            }
        }
        let keys = opened.keys()
        let preferred = outer.preferred.map { opened.keys(under: $0) } ?? []
        guard let current = preferred.last ?? keys.last ?? outer.preferred else {
            throw VaultError(.cryptography, "no key of the journals could be made", path: files.journalKeys)
        }
        // Journals of before these keys were are sealed under the vault's key itself.
        for key in outer.all + keys { secrets?.insert(key.text, label: VaultKey.label) }
        return JournalKeys(
            current: StateSeal(current),
            all: Dictionary((outer.all + keys).map { ($0.fingerprint, StateSeal($0)) }) { _, last in last })
    }
}

/// The keys under which the journals' keys may be sealed, as far as they are there.
struct OuterKeys {
    private(set) var environment: VaultKey?
    private(set) var file: VaultKey?
    private(set) var pending: VaultKey?
    private(set) var state: VaultKey?

    init(_ files: VaultFiles, _ variables: [String: String]) throws(VaultError) {
        if let text = variables[VaultFiles.keyVariable], !Fernet.trimmed(text).isEmpty {
            environment = try VaultKey(text, source: .environment)
        }
        file = try VaultKey.configured(environmentKey: nil, files: files)
        pending = try VaultKey.pending(files: files)
        state = try VaultKey.state(files: files)
    }

    var all: [VaultKey] { [environment, file, pending, state].compactMap { $0 } }
    /// What they are sealed under from now on.
    var preferred: VaultKey? { environment ?? file ?? state }
    /// Whether it is clear that the preferred key is the vault's: with one in the environment, or a rotation that has
    /// not finished, it may not be.
    var isCertain: Bool { environment == nil && pending == nil && file != nil }

    mutating func makeStateKey(_ files: VaultFiles) throws(VaultError) {
        guard preferred == nil else { return }
        let key = try JournalKeyFile.freshKey(files.stateKey)
        try onDisk { () throws(FileProblem) in try PrivateFile.replace(files.stateKey, key.fileText) }
        state = key
    }
}

/// `config/comfyfleet.journals.key`: the same keys, once for every key that opens them.
///
///     {"version":1,"chests":[{"fingerprint":"<of the key that opens it>","ciphertext":"<Fernet token of the keys, a
///     line each>"}]}
///
/// During a rotation there are two chests, so that the old key and the new one open the journals whichever of them a
/// killed process leaves. A chest that no key opens
/// is left alone: its key may be one that only another shell has in its environment.
struct JournalKeyFile {
    private struct Chest {
        var fingerprint: String
        var ciphertext: String
        /// The fingerprint of the key that a rotation replaces its key by.
        var replacedBy: String?
        /// Its key is the new one of a rotation that has not finished.
        var isPrepared = false
    }
    /// How many keys are kept: one for each rotation. Runs are resumed long before that many.
    private static let mostKeys = 512
    private var chests: [Chest] = []
    private let path: String

    static func freshKey(_ path: String) throws(VaultError) -> VaultKey {
        let text: String
        do { text = try Fernet.generateKey() } catch {
            throw VaultError(.cryptography, "libcrypto gave no random bytes (\(error))", path: path)
        }
        return try VaultKey(text, source: .file(path))
    }

    // MARK: A rotation, with the vault's lock held

    /// Both the old keys and the new one open the journals' keys when this returns, and there is one more of them.
    static func prepare(_ files: VaultFiles, from old: [VaultKey], to new: VaultKey) throws(VaultError) {
        var file = try read(files)
        let old = old + (try VaultKey.state(files: files).map { [$0] } ?? [])
        let known = try file.keys(openedBy: old)
        guard !known.isEmpty else { return }
        let keys = known.suffix(mostKeys - 1) + [try freshKey(files.journalKeys)]
        // Of rotations that were killed before their key was any vault's.
        file.chests.removeAll { chest in chest.isPrepared && !old.contains { $0.fingerprint == chest.fingerprint } }
        for index in file.chests.indices {
            guard let key = old.first(where: { $0.fingerprint == file.chests[index].fingerprint }) else { continue }
            file.chests[index].ciphertext = try file.sealed(Array(keys), under: key)
            file.chests[index].replacedBy = new.fingerprint
        }
        try file.put(Array(keys), under: new, isPrepared: true)
        try file.write(files)
    }

    /// The new key is in its place: the old ones open nothing of the journals' any more.
    static func finish(_ files: VaultFiles, _ new: VaultKey) throws(VaultError) {
        var file = try read(files)
        guard let index = file.chests.firstIndex(where: { $0.fingerprint == new.fingerprint }) else { return }
        file.chests[index].isPrepared = false
        file.chests.removeAll { $0.replacedBy == new.fingerprint }
        try file.write(files)
    }

    // MARK: Between rotations

    /// Whether there are keys, the preferred key opens them, and no key that was replaced does.
    func isUpToDate(for outer: OuterKeys, _ opened: Opened) -> Bool {
        guard let preferred = outer.preferred, !opened.keys(under: preferred).isEmpty else { return false }
        return chests.allSatisfy { !isLeftOver($0, outer) }
    }

    /// What a killed rotation left, and what the state key opened before there was a vault's key.
    private func isLeftOver(_ chest: Chest, _ outer: OuterKeys) -> Bool {
        guard outer.isCertain, let preferred = outer.preferred, chest.fingerprint != preferred.fingerprint else {
            return false
        }
        return chest.replacedBy == preferred.fingerprint || chest.isPrepared
            || chest.fingerprint == outer.state?.fingerprint
    }

    /// Reads the file, with the vault's lock held, and leaves it in order.
    static func repaired(_ files: VaultFiles, _ environment: [String: String]) throws(VaultError) -> JournalKeyFile {
        var outer = try OuterKeys(files, environment)
        var file = try read(files)
        try outer.makeStateKey(files)
        try file.reseal(for: outer)
        try file.write(files)
        return file
    }

    private mutating func reseal(for outer: OuterKeys) throws(VaultError) {
        guard let preferred = outer.preferred else { return }
        var keys = try keys(openedBy: outer.all)
        if keys.isEmpty { keys = [try Self.freshKey(path)] }
        try put(keys, under: preferred)
        chests = chests.filter { !isLeftOver($0, outer) }
    }

    /// What is in the chests that some keys open.
    struct Opened {
        fileprivate var chests: [(fingerprint: String, keys: [VaultKey])] = []

        /// Oldest first, each once.
        ///
        /// - Parameter outer: of the chests that this key opens; of all without it.
        func keys(under outer: VaultKey? = nil) -> [VaultKey] {
            var known: Set<String> = []
            return chests.filter { outer == nil || $0.fingerprint == outer?.fingerprint }.flatMap { $0.keys }.filter {
                known.insert($0.fingerprint).inserted
            }
        }
    }

    /// Decrypts each chest that one of these opens, once.
    func opened(by outer: [VaultKey]) throws(VaultError) -> Opened {
        var opened = Opened()
        for chest in chests {
            guard let key = outer.first(where: { $0.fingerprint == chest.fingerprint }),
                var lines = try? key.fernet.decrypt(chest.ciphertext)
            else { continue }
            defer { LibCrypto.wipe(&lines) }
            var keys: [VaultKey] = []
            for line in lines.split(separator: UInt8(ascii: "\n")) {
                keys.append(try VaultKey(String(decoding: line, as: UTF8.self), source: .file(path)))
            }
            opened.chests.append((chest.fingerprint, keys))
        }
        return opened
    }

    /// Every key that one of these opens, oldest first.
    func keys(openedBy outer: [VaultKey]) throws(VaultError) -> [VaultKey] { try opened(by: outer).keys() }

    private mutating func put(_ keys: [VaultKey], under key: VaultKey, isPrepared: Bool = false) throws(VaultError) {
        let chest = Chest(
            fingerprint: key.fingerprint, ciphertext: try sealed(keys, under: key), isPrepared: isPrepared)
        chests.removeAll { $0.fingerprint == key.fingerprint }
        chests.append(chest)
    }

    private func sealed(_ keys: [VaultKey], under key: VaultKey) throws(VaultError) -> String {
        var lines = keys.flatMap(\.fileText)
        defer { LibCrypto.wipe(&lines) }
        do { return try key.fernet.encrypt(lines, time: UInt64(max(0, UTCTime.now.seconds))) } catch {
            throw VaultError(.cryptography, "libcrypto could not encrypt (\(error))", path: path)
        }
    }

    // MARK: On the disk

    static func read(_ files: VaultFiles) throws(VaultError) -> JournalKeyFile {
        var file = JournalKeyFile(path: files.journalKeys)
        guard let bytes = try onDisk({ () throws(FileProblem) in try PrivateFile.readOwn(files.journalKeys) }) else {
            return file
        }
        let map = (try? JSON.parse(bytes, file: files.journalKeys))?.map ?? [:]
        guard map["version"]?.int == 1, let chests = map["chests"]?.list else {
            throw VaultError(
                .notJSON, "this is not a file of journal keys: it is damaged, or of another version",
                path: files.journalKeys,
                remedy:
                    "restore it from a backup; without it interrupted runs can't be resumed, and new ones start once it is moved away"
            )
        }
        file.chests = chests.compactMap { chest in
            guard let map = chest.map, let fingerprint = map["fingerprint"]?.string,
                let ciphertext = map["ciphertext"]?.string
            else { return nil }
            return Chest(
                fingerprint: fingerprint, ciphertext: ciphertext, replacedBy: map["replaced_by"]?.string,
                isPrepared: map["prepared"]?.bool == true)
        }
        return file
    }

    private init(path: String) { self.path = path }

    func write(_ files: VaultFiles) throws(VaultError) {
        let list = chests.map { chest in
            var map: ValueMap = ["fingerprint": .string(chest.fingerprint), "ciphertext": .string(chest.ciphertext)]
            if let key = chest.replacedBy { map["replaced_by"] = .string(key) }
            if chest.isPrepared { map["prepared"] = .bool(true) }
            return Value.dict(map)
        }
        let text = Array((JSON.pretty(.dict(["version": .int(1), "chests": .list(list)]), indent: 2) + "\n").utf8)
        try onDisk { () throws(FileProblem) in try PrivateFile.replace(path, text, followsLast: false) }
    }
}
