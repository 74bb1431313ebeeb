import AnsibleVault
import FoundationEssentials
import Templating
import YAML

/// A YAML (or JSON) file of variables: `vars_files` and `-e @file`.
enum VariableFile {
    /// The file that an entry of `vars_files` names: a path, or a list of which the first that exists is taken.
    static func find(_ entry: Value, in folder: String, mark: SourceMark) throws(Diagnostics) -> String {
        let names = (entry.list ?? [entry]).compactMap(\.string)
        let paths = names.flatMap { $0.hasPrefix("/") ? [$0] : ["\(folder)/vars/\($0)", "\(folder)/\($0)"] }
        if let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) { return path }
        throw Diagnostics([
            Diagnostic(
                "there is no variables file '\(names.joined(separator: "' or '"))'", at: mark,
                remedy: "looked for \(paths.joined(separator: ", "))")
        ])
    }

    static func load(
        _ path: String, mark: SourceMark? = nil, vault: VaultKeyring
    ) throws(Diagnostics) -> ValueMap {
        let bytes: [UInt8]
        do {
            // What a shell makes of <(…) is a pipe, and already open.
            let isOpen = mark == nil && (path.hasPrefix("/dev/fd/") || path == "/dev/stdin")
            bytes = try isOpen ? Array(Data(contentsOf: URL(filePath: path))) : TextFile.trusted(path)
        } catch {
            throw Diagnostics([
                Diagnostic(
                    "cannot read the variables file: \((error as? Diagnostic)?.problem ?? path)", at: mark,
                    remedy: (error as? Diagnostic)?.remedy ?? "check that it exists and can be read")
            ])
        }
        let plain: (bytes: [UInt8], isSecret: Bool)
        do throws(Diagnostic) { plain = try vault.reading(bytes, of: path) } catch { throw Diagnostics([error]) }
        let root = try YAMLParser.parse(plain.bytes, file: path, isTrusted: true, isSecret: plain.isSecret).root.value
        switch root {
        case .dict(let values): return CredentialVariables.known(in: values)
        case .null: return [:]
        default:
            throw Diagnostics([
                Diagnostic(
                    "a variables file holds a mapping of names to values",
                    at: SourceMark(file: path, line: 1, column: 1))
            ])
        }
    }
}
