import Foundation

/// What an earlier `comfyfleet schedule install` of the same project left in a folder of units.
package struct InstalledUnits: Sendable {
    private let folder: String
    /// Jobs with units of their own there, in alphabetical order.
    package let jobs: [String]
    /// Whether the daemon's unit is there.
    package let hasDaemon: Bool

    package init(of units: ServiceUnits, in folder: String) {
        self.folder = folder
        let prefix = ServiceUnits.prefix + "-"
        let suffix = ".service"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            $0.hasPrefix(prefix) && $0.hasSuffix(suffix)
        }
        // Other projects have theirs in the same folder.
        jobs = names.map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }.filter {
            units.wrote(Self.text(of: "\(folder)/\(prefix)\($0)\(suffix)"))
        }.sorted()
        hasDaemon = units.wrote(Self.text(of: "\(folder)/\(ServiceUnits.prefix)\(suffix)"))
    }

    /// - Returns: the paths of what was there.
    package func remove(_ job: String) throws -> [String] {
        let timer = "\(ServiceUnits.prefix)-\(job).timer"
        let paths = [timer, "\(ServiceUnits.prefix)-\(job).service"].map { "\(folder)/\($0)" }
        let removed = paths.filter { Self.text(of: $0).hasPrefix(ServiceUnits.header) }
        for path in removed { try FileManager.default.removeItem(atPath: path) }
        // What enabling it left would lead nowhere.
        let link = "\(folder)/timers.target.wants/\(timer)"
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != nil {
            try FileManager.default.removeItem(atPath: link)
        }
        return removed
    }

    /// Empty for a file that is not there.
    private static func text(of path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
