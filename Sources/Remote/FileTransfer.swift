import Glibc

/// A transfer that did not give the same file at both ends. `message` tells why and what is left.
package struct TransferFailure: Error, Sendable, CustomStringConvertible {
    package var message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}

/// Whole files, streamed from disk to disk: memory stays small whatever their size.
///
/// Both directions go on from what an earlier transfer left, when the link broke, and compare SHA-256 at the end (only
/// the size where
/// the host has no `sha256sum`). They write to the name they are given: who needs an atomic replacement gives a hidden
/// name in the same folder and renames it.
extension HostShell {
    /// Copies the local file to `path` on the host, mode 0600 if it is made new; a part that is there already is
    /// completed.
    ///
    /// Throws `TransferFailure`, `InvalidCall` when the local file can't be read, `Unreachable`, `CancellationError`:
    /// after these a later
    /// call with the same `path` goes on from where this one stopped.
    package func upload(_ local: String, to path: String) async throws {
        let (size, digest) = try await Checksum.ofFile(local)
        let file = path.singleQuoted
        let present = try await text(
            of: Call("if [ -f \(file) ]; then wc -c <\(file); else echo 0; fi"), "look at \(path)")
        var offset = present.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } ?? 0
        if offset > size { offset = 0 }
        // What is different at the end was no part of this file: written anew, once.
        while true {
            let call = Call(
                """
                umask 077; cat >\(offset == 0 ? "" : ">")\(file) || exit
                wc -c <\(file); command -v sha256sum >/dev/null && sha256sum <\(file)
                exit 0
                """, stdin: .file(.init(path: local, offset: offset)))
            let words = try await text(of: call, "write \(path)").split(whereSeparator: \.isWhitespace)
            let got = words.first.flatMap { Int($0) }
            if got == size, words.count < 2 || words[1] == digest { return }
            // The link broke meanwhile, and the host has seen an early end.
            if let got, got > offset, got < size {
                offset = got
                continue
            }
            guard offset > 0 else {
                throw TransferFailure(
                    "\(path) on the host is not what was sent from \(local): \(words.first ?? "no") bytes of \(size)")
            }
            offset = 0
        }
    }

    /// Copies the host's file to the local `path`, mode 0600 if it is made new; a part that is there already is
    /// completed.
    ///
    /// Throws `TransferFailure`, `Unreachable`, `CancellationError`: after the last two a later call goes on from where
    /// this one stopped.
    package func download(_ remote: String, to path: String) async throws {
        let file = remote.singleQuoted
        let seen = try await text(
            of: Call("wc -c <\(file) && { command -v sha256sum >/dev/null && sha256sum <\(file); true; }"),
            "read \(remote)")
        let words = seen.split(whereSeparator: \.isWhitespace)
        guard let size = words.first.flatMap({ Int($0) }) else {
            throw TransferFailure("can't read \(remote): its size is not known")
        }
        let output = try LocalOutput(path)
        var offset = try output.size()
        if offset > size { offset = 0 }
        while true {
            try output.cut(at: offset)
            // The shell reads on only when a chunk is written: nothing is kept.
            var call = Call("tail -c +\(offset + 1) \(file)")
            call.outputLimit = 0
            let result = try await self.call(call) { chunk in
                if chunk.stream == .stdout { output.append(chunk.bytes) }
            }
            try output.check()
            guard result.status == 0 else {
                throw TransferFailure("can't read \(remote): tail ended with status \(result.status)")
            }
            let (got, digest) = try await Checksum.ofFile(path)
            if got == size, words.count < 2 || words[1] == digest { return }
            guard offset > 0 else {
                throw TransferFailure("\(remote) changed while it was read: \(got) bytes of \(size)")
            }
            offset = 0
        }
    }

    private func text(of call: Call, _ what: String) async throws -> String {
        let result = try await self.call(call)
        guard result.status == 0 else {
            let reason =
                String(decoding: result.stderr, as: UTF8.self).split(whereSeparator: \.isNewline).last
                ?? "status \(result.status)"
            throw TransferFailure("can't \(what): \(reason)")
        }
        return String(decoding: result.stdout, as: UTF8.self)
    }
}
