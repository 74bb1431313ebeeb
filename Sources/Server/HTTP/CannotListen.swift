import Glibc
import NIOCore

/// Why a server cannot listen at an address, in words.
public struct CannotListen: Error, Sendable {
    public let reason: String
    public let remedy: String

    /// nil for errors of another kind.
    init?(_ error: any Error) {
        switch error {
        case let error as IOError:
            switch error.errnoCode {
            case EADDRINUSE: (reason, remedy) = ("the address is in use", "is another server there? give another --port")
            case EACCES: (reason, remedy) = ("ports below 1024 are root's", "give another --port")
            case EADDRNOTAVAIL: (reason, remedy) = ("this machine has no such address", "give one that it has with --host")
            case let code: (reason, remedy) = (String(cString: strerror(code)), "give another --host or --port")
            }
        case is SocketAddressError: (reason, remedy) = ("no such address is known", "give an address of this machine with --host")
        default: return nil
        }
    }
}
