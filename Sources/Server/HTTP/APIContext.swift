import Hummingbird
import NIOCore

/// What is known of a request besides what it says.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The address that it came from.
    let client: String
    /// Who it is, which `AccessControl` finds out.
    var access = ClientAccess.none

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        client = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
}
