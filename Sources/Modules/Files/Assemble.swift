import Playbook
import Templating
import YAML

/// Makes a file of the fragments in a folder, in the order of their names.
struct Assemble: Module {
    static let spec = ModuleSpec(
        "assemble", summary: "Makes a file of the fragments in a folder.",
        options: [
            .init(
                "src", .path, required: true,
                help: "The folder, of the host; of the controller, below files/, with remote_src=false."),
            .init("dest", .path, required: true, help: "The file."),
            .init("remote_src", .bool, default: .bool(true), help: "Whether src is on the host."),
            .init("delimiter", .string, help: "What to put between fragments; \\n and the like count."),
            .init("regexp", .string, help: "Only fragments in whose name this is found."),
            .init(
                "ignore_hidden", .bool, default: .bool(false), help: "Leave out fragments whose name begins with a dot."
            ),
            .init(
                "decrypt", .bool, default: .bool(true),
                help:
                    "Decrypt fragments of the controller that ansible-vault has encrypted; otherwise take them as they are."
            ),
            .init(
                "follow", .bool, default: .bool(false),
                help: "Write to what a link leads to instead of replacing the link."),
        ] + FileWriter.options + FileAttributes.options)
    static let reference = ModuleReference(
        notes: "Fragments are taken in the order of their names.",
        example: #"""
            - assemble:
                src: /etc/nginx/models.d
                dest: /etc/nginx/models.conf
                delimiter: "# ---\\n"
                regexp: \.conf$
                remote_src: true
            """#,
        returns: ModuleReference.writtenFile)

    private let source: String
    private let isRemote: Bool, ignoresHidden: Bool, decrypts: Bool
    private let delimiter: [UInt8]?
    private let expression: PythonRegex?
    private let delivery: FileDelivery

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        source = try arguments.requiredPath("src")
        isRemote = arguments.bool("remote_src")
        ignoresHidden = arguments.bool("ignore_hidden")
        decrypts = arguments.bool("decrypt")
        do {
            delimiter = try arguments.string("delimiter").flatMap {
                $0.isEmpty ? nil : Array(try StringEscapes.decode($0).utf8)
            }
        } catch let problem as TemplateError {
            throw ModuleFailure("the delimiter is not valid: \(problem.message)")
        }
        expression = try arguments.string("regexp").map { try TextEdit.expression($0) }
        var delivery = try FileDelivery(
            destination: arguments.requiredPath("dest"), name: Path.name(source), attributes: FileAttributes(arguments),
            writer: FileWriter(arguments))
        delivery.follows = arguments.bool("follow")
        delivery.source = source
        self.delivery = delivery
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let fragments = isRemote ? try await read(host.resolve(source), on: host) : try read(context)
        let content = try assembled(fragments)
        // A refusal is worth knowing before the change, too.
        if host.checkMode, isRemote { try await delivery.writer.checkValidity(of: content, on: host) }
        var result = try await delivery.deliver(content, on: host)
        result.values["src"] = .string(source)
        result.values["checksum"] = .string(Digest.sha1(content))
        if let md5 = Digest.hex(content, "md5") { result.values["md5sum"] = .string(md5) }
        result.message = "OK"
        if !isRemote, !result.changed, host.diffMode {
            result.diff = [ShownContent.difference(before: content, after: content, path: delivery.destination)]
        }
        return result
    }

    private func takes(_ name: String) throws -> Bool {
        if ignoresHidden, name.hasPrefix(".") { return false }
        return try expression?.firstMatch(in: name) != nil || expression == nil
    }

    private func assembled(_ fragments: [(name: String, content: [UInt8])]) throws -> [UInt8] {
        let lineEnd = UInt8(ascii: "\n")
        var bytes: [UInt8] = []
        var previous: [UInt8]?
        for fragment in try fragments.filter({ try takes($0.name) }).sorted(by: {
            Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8))
        }) {
            // Fragments never share a line; an empty one leaves an empty line, as in Ansible.
            if let previous, previous.last != lineEnd { bytes.append(lineEnd) }
            if previous != nil, let delimiter {
                bytes += delimiter
                if delimiter.last != lineEnd { bytes.append(lineEnd) }
            }
            previous = fragment.content
            bytes += fragment.content
        }
        return bytes
    }

    private func read(_ folder: String, on host: ManagedHost) async throws -> [(name: String, content: [UInt8])] {
        let read = try await host.observe(
            """
            [ -e \(folder) ] || { echo \("Source (\(folder)) does not exist") >&2; exit 1; }
            [ -d \(folder) ] || { echo \("Source (\(folder)) is not a directory") >&2; exit 1; }
            [ ! -d \(delivery.destination) ] || { echo \("The destination \(delivery.destination) is a directory") >&2; exit 1; }
            cd -- \(folder) || exit
            for cf_one in .* *; do
              if [ -f "$cf_one" ]; then printf '%s\\000%s\\000' "$cf_one" "$(wc -c <"$cf_one")"; cat -- "$cf_one" || exit; fi
            done
            """)
        guard read.status == 0 else { throw ModuleFailure(read.complaint) }
        var fragments: [(name: String, content: [UInt8])] = []
        var rest = read.stdout[...]
        while !rest.isEmpty {
            let parts = rest.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3,
                let size = Int(String(decoding: parts[1], as: UTF8.self).filter { !$0.isWhitespace }), size >= 0,
                size <= parts[2].count
            else {
                throw ModuleFailure("a fragment in \(folder) changed while it was read")
            }
            fragments.append((String(decoding: parts[0], as: UTF8.self), Array(parts[2].prefix(size))))
            rest = parts[2].dropFirst(size)
        }
        return fragments
    }

    private func read(_ context: ModuleContext) throws -> [(name: String, content: [UInt8])] {
        let folder = try ControllerFile.find(source, folder: "files", context: context)
        guard LocalFile.status(folder)?.isFolder == true else {
            throw ModuleFailure("Source (\(folder)) is not a directory")
        }
        var fragments: [(name: String, content: [UInt8])] = []
        do {
            for entry in try LocalFile.tree(folder) where entry.kind == .file && !entry.name.contains("/") {
                guard try takes(entry.name) else { continue }
                let path = Path.join(folder, entry.name)
                guard LocalFile.status(path)?.isRegular == true else { continue }
                let plain = decrypts ? try ControllerFile.decrypted(path, context) : nil
                fragments.append((entry.name, try plain ?? LocalFile.read(path)))
            }
        } catch let problem as LocalFile.Problem { throw problem.failure }
        return fragments
    }
}
