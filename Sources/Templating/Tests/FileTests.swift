import Glibc

extension TemplateTests {
    /// Files on the machine that runs the playbook.
    static let fileTests: [String: Operation] = [
        "directory": status { $0 == S_IFDIR }, "is_dir": status { $0 == S_IFDIR },
        "file": status { $0 == S_IFREG }, "is_file": status { $0 == S_IFREG },
        "link": status(followsLinks: false) { $0 == S_IFLNK }, "is_link": status(followsLinks: false) { $0 == S_IFLNK },
        "exists": status { _ in true },
        "link_exists": status(followsLinks: false) { _ in true },
        "abs": absolute, "is_abs": absolute,
        "same_file": Operation(["path"], required: 1) { operand throws(TemplateError) in
            var left = stat()
            var right = stat()
            guard stat(try operand.string(), &left) == 0, stat(try operand.string(0), &right) == 0 else {
                throw .other("No such file or directory")
            }
            return .bool(left.st_dev == right.st_dev && left.st_ino == right.st_ino)
        },
        "mount": mount, "is_mount": mount,
    ]

    private static func status(followsLinks: Bool = true, _ holds: @escaping @Sendable (mode_t) -> Bool) -> Operation {
        Operation { operand throws(TemplateError) in
            var found = stat()
            let isThere =
                if followsLinks, let descriptor = operand.input.intValue {
                    fstat(Int32(clamping: descriptor), &found) == 0  // as Python's os.path: a number is a file that is open
                } else {
                    try (followsLinks ? stat(operand.string(), &found) : lstat(operand.string(), &found)) == 0
                }
            return .bool(isThere && holds(found.st_mode & S_IFMT))
        }
    }
    private static let absolute = Operation { operand throws(TemplateError) in
        .bool(try operand.string().hasPrefix("/"))
    }
    private static let mount = Operation { operand throws(TemplateError) in
        var own = stat()
        var parent = stat()
        let path = try operand.string()
        guard lstat(path, &own) == 0, own.st_mode & S_IFMT != S_IFLNK, lstat(path + "/..", &parent) == 0 else {
            return .bool(false)
        }
        return .bool(own.st_dev != parent.st_dev || own.st_ino == parent.st_ino)
    }
}
