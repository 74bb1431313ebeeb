import Glibc
import NIOCore
import Support

/// Why a server cannot listen at an address, in words.
package struct CannotListen: ExplainedError, Sendable {
    package let problem: String
    package let remedy: String?

    /// nil for errors of another kind.
    init?(_ error: any Error, host: String, port: Int) {
        let reason: String
        let advice: String
        switch error {
        case let error as IOError:
            switch error.errnoCode {
            case EADDRINUSE:
                (reason, advice) = ("the address is in use", "is another server there? give another --port")
            case EACCES: (reason, advice) = ("ports below 1024 are root's", "give another --port")
            case EADDRNOTAVAIL:
                (reason, advice) = ("this machine has no such address", "give one that it has with --host")
            case let code: (reason, advice) = (String(cString: strerror(code)), "give another --host or --port")
            }
        case is SocketAddressError:
            (reason, advice) = ("no such address is known", "give an address of this machine with --host")
        default: return nil
        }
        problem = "cannot listen on \(host):\(port): \(reason)"
        remedy = advice
    }
}
