import CEpoll
import Glibc

/// What of this process's memory others can come to see.
package enum ProcessMemory {
    /// No core dumps, no debugger and no `/proc/…/mem` or `environ` for other processes of this user; and as much
    /// locked memory as the system allows (`WipedBytes`).
    ///
    /// Programs that are started from here decide for themselves: the system resets it for each.
    package static func protect() {
        _ = comfyfleet_forbid_dumps()
        set(RLIMIT_CORE) { $0.rlim_cur = 0 }
        set(__RLIMIT_MEMLOCK) { $0.rlim_cur = $0.rlim_max }
    }

    private static func set(_ resource: __rlimit_resource, _ change: (inout rlimit) -> Void) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return }
        change(&limit)
        setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    }
}
