/// What people read of a module besides its spec: an example, what its result holds, where it differs from Ansible's.
package struct ModuleReference: Sendable {
    /// A key of the result.
    package struct Return: Sendable {
        package var name: String
        /// What stands there, in one line.
        package var meaning: String
        package init(_ name: String, _ meaning: String) {
            self.name = name
            self.meaning = meaning
        }
    }
    /// Sentences on what the summary leaves open; empty when it leaves nothing open.
    package var notes: String
    /// Tasks, as they stand in a playbook.
    package var example: String
    /// Besides `changed`, `failed`, `skipped` and `msg`, which every result has when they apply.
    package var returns: [Return]
    /// On purpose, from Ansible's module of this name. Options without effect say so in the spec.
    package var differences: [String]
    package init(notes: String = "", example: String, returns: [Return] = [], differences: [String] = []) {
        self.notes = notes
        self.example = example
        self.returns = returns
        self.differences = differences
    }

    /// What a path is once the module is done with it.
    static let fileStatus: [Return] = [
        .init("state", "file, directory, link, hard, or absent."),
        .init("owner", "The owner's name."),
        .init("group", "The group's name."),
        .init("uid", "The owner's number."),
        .init("gid", "The group's number."),
        .init("mode", "Permissions, in octal digits."),
        .init("size", "Bytes."),
    ]

    /// Of a file that was written from content of the controller's or the host's.
    static let writtenFile: [Return] =
        [
            .init("dest", "The file."),
            .init("src", "Where the content came from."),
            .init("checksum", "SHA-1 of the content."),
            .init("md5sum", "MD5 of what was written."),
            .init("backup_file", "The copy of what was replaced."),
        ] + fileStatus

    /// Of a program that was run.
    static let program: [Return] = [
        .init("rc", "The exit status."),
        .init("stdout", "What it wrote to standard output; stdout_lines has its lines."),
        .init("stderr", "What it wrote to standard error; stderr_lines has its lines."),
    ]
}
