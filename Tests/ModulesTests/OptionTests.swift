import Foundation
import Playbook
import Testing

@testable import Modules

/// An option that a module takes is one that it acts on, or one whose spec says why nothing follows from it. What is
/// taken and ignored would be a silent
/// difference from Ansible.
///
/// Which options a run reads depends on what it meets on the host, so the sources are looked at: an option's name must
/// stand, besides in its declaration and in
/// results, in the file of its module, or in one of those to which that hands its arguments.
@Suite struct OptionTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Swift files below a folder, without comments, declarations of options, what the reference says of them, and keys
    /// of results.
    private static func code(_ folder: String) throws -> [String] {
        let root = repository.appending(path: "Sources/\(folder)").path
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }.map { name in
            try String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
                .replacing(/(?s)    static let reference = ModuleReference\(.*?\n\n/, with: "")
                .replacing(/(?m)^\s*\/\/\/?.*$/, with: "")
                .replacing(/\.(init|noEffect)\(\s*"[A-Za-z_-]+",\s*\./, with: "")
                .replacing(/(values|facts)\["[A-Za-z_]+"\]/, with: "")
                .replacing(#/"[A-Za-z_]+":[ ]/#, with: "")
        }
    }

    /// The file of a type, and those of the types that it gives its arguments to.
    private static func text(of type: String, in files: [String], seen: Set<String> = []) -> String {
        guard !seen.contains(type),
            let own = files.first(where: { $0.contains("struct \(type): ") || $0.contains("struct \(type) {") })
        else { return "" }
        let helpers = own.matches(of: /([A-Z][A-Za-z]+)\((?:self\.)?arguments(?![A-Za-z])/).map { String($0.1) }
        return Set(helpers).reduce(own) { $0 + text(of: $1, in: files, seen: seen.union([type])) }
    }

    /// Names that are made of others: `FileTimes` adds `_format`, and `yum_repository` writes what it is given,
    /// whatever its name.
    private static let composed: [String: Set<String>] = [
        "file": ["modification_time_format", "access_time_format"],
        "yum_repository": [
            "exclude", "includepkgs", "failovermethod", "http_caching", "ip_resolve", "keepcache",
            "metadata_expire_filter", "sslcacert", "sslclientcert", "sslclientkey", "sslverify",
        ],
    ]
    /// Carried out by the engine.
    private static let engines: Set = ["include_tasks", "include_role", "meta"]

    @Test func `every option is read, or says why it has no effect`() throws {
        let modules = try Self.code("Modules")
        let engine = try (Self.code("Engine") + Self.code("Playbook")).joined()
        for type in BuiltinModules.types {
            let text = Self.engines.contains(type.spec.name) ? engine : Self.text(of: "\(type)", in: modules)
            try #require(!text.isEmpty, "\(type)")
            for option in type.spec.options where !(Self.composed[type.spec.name]?.contains(option.name) ?? false) {
                let isRead = text.contains("\"\(option.name)\"")
                if option.reasonWithoutEffect == nil {
                    #expect(isRead, "\(type.spec.name) takes '\(option.name)' and does nothing with it")
                } else if !Self.engines.contains(type.spec.name), !Self.shared.contains(option.name) {
                    #expect(!isRead, "\(type.spec.name) reads '\(option.name)', of which it says that it has no effect")
                }
            }
        }
    }

    /// Names that mean something to a helper that has no part in the module.
    private static let shared: Set = ["validate_certs", "unsafe_writes", "use"]

    /// docs/differences.md has them all, and no others.
    @Test func `options without effect are documented with the reason`() throws {
        let text = try String(contentsOf: Self.repository.appending(path: "docs/differences.md"), encoding: .utf8)
        let section = try #require(
            text.split(separator: "### Options without effect\n").last?.split(separator: "\n#").first)
        let documented = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let known = BuiltinModules.types.flatMap { type in
            type.spec.options.compactMap { option in
                option.reasonWithoutEffect.map { "| `\(type.spec.name)` | `\(option.name)` | \($0) |" }
            }
        }
        #expect(documented.sorted() == known.sorted(), "\(known.sorted().joined(separator: "\n"))")
    }
}
