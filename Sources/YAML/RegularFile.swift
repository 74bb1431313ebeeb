import Glibc

/// Opens what is named as a file, and nothing that only looks like one: a device may have no end, and a pipe never a
/// writer.
package enum RegularFile {
    package enum Problem: Error, Sendable, Hashable {
        /// An error number of the system.
        case system(Int32)
        case notRegular
    }

    /// - Returns: a descriptor to read from, for the caller to close, and the file's size.
    package static func open(_ path: String) throws(Problem) -> (descriptor: Int32, size: Int) {
        // O_NONBLOCK: opening a named pipe must not wait for a writer.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Problem.system(errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw Problem.system(code)
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG else {
            close(descriptor)
            throw kind == S_IFDIR ? Problem.system(EISDIR) : Problem.notRegular
        }
        return (descriptor, Int(status.st_size))
    }
}
