import AnsibleVault
import Glibc
import Templating
import YAML

/// The files of group_vars/ and host_vars/ beside the inventories, and beside the playbook.
///
/// `group_vars/web`, `web.yml`, `web.yaml` and `web.json` are tried in this order and the first one counts; a folder of
/// that name is
/// read whole, by name, without hidden files, backups and other extensions. A file is read once, when the first host
/// needs it.
struct VariableFiles {
    private let places: [Place]
    private(set) var errors: [Diagnostic] = []
    private(set) var warnings: [Diagnostic] = []
    private(set) var read: [String] = []
    private var known: [String: [ValueMap]] = [:]
    private let vault: VaultKeyring

    /// A folder that may hold group_vars and host_vars, with the names in them, so that a host without a file costs no
    /// system call.
    private struct Place {
        let groupFolder: String, hostFolder: String
        let groupEntries: Set<String>, hostEntries: Set<String>
        let origin: FileOrigin
    }

    init(inventoryFolders: [String], projectFolder: String?, playbookFolder: String?, vault: VaultKeyring) {
        self.vault = vault
        var folders: [String] = []
        var places: [Place] = []
        for folder in inventoryFolders + [playbookFolder].compactMap(\.self) where !folders.contains(folder) {
            folders.append(folder)
        }
        for folder in folders {
            let groupFolder = folder + "/group_vars"
            let hostFolder = folder + "/host_vars"
            for path in [groupFolder, hostFolder] where FileKind(of: path) == .file {
                warnings.append(Diagnostic("\(path): is not a folder, and is not read", at: nil))
            }
            places.append(
                Place(
                    groupFolder: groupFolder, hostFolder: hostFolder,
                    groupEntries: Set(FolderListing.names(in: groupFolder) ?? []),
                    hostEntries: Set(FolderListing.names(in: hostFolder) ?? []),
                    origin: folder == projectFolder ? .project : .found(in: folder)))
        }
        self.places = places
    }

    /// In the order in which they are merged.
    mutating func variables(ofGroups names: [String]) -> [ValueMap] {
        places.flatMap { place in
            names.flatMap {
                place.groupEntries.isEmpty
                    ? [] : variables(of: $0, in: place.groupFolder, entries: place.groupEntries, place.origin)
            }
        }
    }

    mutating func variables(ofHost name: String) -> [ValueMap] {
        places.flatMap {
            $0.hostEntries.isEmpty ? [] : variables(of: name, in: $0.hostFolder, entries: $0.hostEntries, $0.origin)
        }
    }

    private static let extensions = ["", ".yml", ".yaml", ".json"]

    private mutating func variables(
        of name: String, in folder: String, entries: Set<String>, _ origin: FileOrigin
    ) -> [ValueMap] {
        // A name with a slash may lead into a folder below; one that begins with it would lead out of this one.
        guard let first = name.first, first != "/", name != ".", name != ".." else { return [] }
        let base = folder + "/" + name
        for suffix in Self.extensions where name.contains("/") || entries.contains(name + suffix) {
            let path = base + suffix
            switch FileKind(of: path) {
            case .folder: return files(below: path, inside: [path]).flatMap { variables(inFile: $0, origin) }
            case .missing: continue
            case .file: return variables(inFile: path, origin)
            }
        }
        return []
    }

    private mutating func files(below folder: String, inside: [String]) -> [String] {
        guard inside.count <= 32 else {
            errors.append(
                Diagnostic(
                    "\(folder): a folder inside of itself", at: nil, remedy: "remove the link that closes the loop"))
            return []
        }
        guard let names = FolderListing.names(in: folder) else {
            errors.append(Diagnostic("\(folder): the folder cannot be read", at: nil))
            return []
        }
        var found: [String] = []
        for name in names where !name.hasPrefix(".") && !name.hasSuffix("~") {
            let path = folder + "/" + name
            let suffix = fileExtension(of: name)
            switch FileKind(of: path) {
            case .folder: if suffix.isEmpty { found += files(below: path, inside: inside + [path]) }
            case .file: if Self.extensions.contains(suffix) { found.append(path) }
            case .missing: break
            }
        }
        return found
    }

    /// One map, or none when the file is empty or wrong.
    private mutating func variables(inFile path: String, _ origin: FileOrigin) -> [ValueMap] {
        if let maps = known[path] { return maps }
        known[path] = []
        do throws(Diagnostics) {
            let text: (bytes: [UInt8], isSecret: Bool)
            do throws(Diagnostic) {
                let written = try origin.read(path)
                read.append(path)
                text = try vault.reading(written, of: path)
            } catch { throw Diagnostics([error]) }
            let document = try YAMLParser.parse(text.bytes, file: path, isTrusted: true, isSecret: text.isSecret)
            warnings += document.warnings
            switch document.root.value {
            case .dict(let map): known[path] = map.isEmpty ? [] : [CredentialVariables.known(in: map)]
            case .null, .bool(false, _), .int(0, _), .double(0, _), .string("", _), .list([]): break
            default:
                throw Diagnostics([
                    Diagnostic(
                        "a file of variables is a mapping, and this is a \(document.root.value.pythonTypeName)",
                        at: document.root.mark,
                        remedy: "write 'name: value' lines")
                ])
            }
        } catch {
            errors += error.all
        }
        return known[path] ?? []
    }
}
