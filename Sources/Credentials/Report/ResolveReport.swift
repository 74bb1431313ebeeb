import Redaction

/// The dry run of credentials for a fleet: where each field comes from, and what stands in the way. There is no value
/// in it.
package struct ResolveReport: Sendable {
    /// What `--probe` found: whether the host could be reached and let us in.
    package enum Probe: Sendable {
        case connected
        case failed(RedactedText, remedy: RedactedText?)
    }
    package let hosts: [HostResolution]
    /// By `HostResolution.id`; nil when nothing was probed.
    package let probes: [String: Probe]?
    let secrets: SecretSet

    package init(_ hosts: [HostResolution], probes: [String: Probe]? = nil, secrets: SecretSet) {
        self.hosts = hosts
        self.probes = probes
        self.secrets = secrets
    }

    package var failing: [HostResolution] { hosts.filter { !$0.wouldConnect } }
    package var unreachable: [HostResolution] {
        hosts.filter { if case .failed = probes?[$0.id] { true } else { false } }
    }
    /// 0 when every host would connect (and, when probed, did); 1 when the configuration of some host is at fault; else
    /// 4.
    package var exitCode: Int32 { !failing.isEmpty ? 1 : unreachable.isEmpty ? 0 : 4 }

    func text(_ plain: String) -> RedactedText { RedactedText(plain, secrets: secrets) }
}
