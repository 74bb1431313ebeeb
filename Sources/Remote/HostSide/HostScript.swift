import Support

/// The shell scripts of a session's host side. They are written out in this folder, `*.sh`, embedded by the build, and
/// shortened when they are first used: what is sent with every session has no comments, no indentation and short names.
enum HostScript {
    /// Where a spool may be, as `_places`.
    static let places = shortener.shorten(PackageResources.places_sh)
    static let common = shortener.shorten(PackageResources.common_sh)
    static let keeper = shortener.shorten(PackageResources.keeper_sh)
    static let attach = shortener.shorten(PackageResources.attach_sh)
    static let find = shortener.shorten(PackageResources.find_sh)
    static let ending = shortener.shorten(PackageResources.ending_sh)

    /// What the scripts call `name`, once they are shortened.
    static func short(_ name: String) -> String { shortener.names[name] ?? name }

    /// Assignments of parameters, a line; each is named as in the scripts.
    static func assignments(_ parameters: KeyValuePairs<String, String>) -> String {
        parameters.map { "\(short($0.key))=\($0.value.singleQuoted)" }.joined(separator: " ") + "\n"
    }

    private static let shortener = ShellShortener(
        [
            PackageResources.places_sh, PackageResources.common_sh, PackageResources.keeper_sh,
            PackageResources.attach_sh, PackageResources.find_sh, PackageResources.ending_sh,
        ], keeping: spokenNames)

    /// Names that the controller says to a session that may have been opened by another version of this program, which
    /// a resumed run comes back to: they stay as they are.
    static let spokenNames: [String: String] = [
        // Parameters.
        "_marker": "_M", "_word": "_K", "_session": "_I", "_attachment": "_A", "_owner": "_O", "_from1": "_1",
        "_from2": "_2",
        // What find.sh uses of attach.sh.
        "_spool": "_d", "_find_facts": "_facts", "_come_back": "_old", "_start": "_start",
        // Commands for the attached shell. Functions and variables do not share their names.
        "_hand_over": "_p", "_hand_over_with_input": "_i", "_hand_over_and_pass": "_j", "_order": "_v", "_show": "_l",
        "_begin_rest": "_z", "_stop_reading": "_n", "_read_on": "_w", "_follow_next": "_t", "_forget": "_x",
        "_leave_out": "_m", "_quit": "_Q", "_kill_keeper": "_K",
        // Commands for the keeper.
        "_call": "_c", "_call_in_group": "_g", "_kill_group": "_k", "_attached": "_h",
    ]
}
