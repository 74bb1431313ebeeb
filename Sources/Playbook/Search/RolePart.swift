import Foundation

/// Which files a part of a role is made of: `main`, or what `tasks_from` and its like name.
struct RolePart: Sendable {
    /// `tasks`, `handlers`, `vars`, `defaults` or `meta`.
    let name: String
    let role: String
    /// The role's folder of this part.
    private var folder: String { "\(role)/\(name)" }
    private static let extensions = [".yml", ".yaml", ".json"]

    init(_ name: String, of role: String) {
        self.name = name
        self.role = role
    }

    /// Variables may lie in a folder of files.
    private var mayBeFolder: Bool { name == "vars" || name == "defaults" }

    enum Problem: Error, Sendable, Hashable {
        case missing(looked: [String])
        /// The name leads out of the part's folder.
        case outside(String)
    }

    /// - Parameter file: instead of `main`.
    /// - Returns: nothing where there is no such part, which only a file that was named must have.
    func files(_ file: String?) throws(Problem) -> [String] {
        let suffixes = file == nil ? Self.extensions + [""] : [""] + Self.extensions
        let paths = suffixes.map { FilePath.join(folder, (file ?? "main") + $0) }
        if let file, let path = paths.first {
            let inside = AbsolutePath.of(folder)
            guard AbsolutePath.of(path).hasPrefix(inside + "/") else { throw .outside(file) }
        }
        for path in paths {
            if FileStatus.isFile(path) { return [path] }
            if mayBeFolder, FileStatus.isFolder(path) { return Self.files(below: path) }
        }
        if file == nil || name != "tasks" && !FileStatus.isFolder(folder) { return [] }
        throw .missing(looked: paths)
    }

    /// All files of variables below a folder, by their names; a folder stands where its name does.
    private static func files(below folder: String) -> [String] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            !$0.hasPrefix(".") && !$0.hasSuffix("~")
        }
        return names.sorted().flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            if FileStatus.isFolder(path) { return files(below: path) }
            let isKnown = !name.contains(".") || extensions.contains { name.hasSuffix($0) }
            return isKnown ? [path] : []
        }
    }
}
