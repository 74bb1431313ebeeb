/// What a booted machine says that it is, and whose package manager it has: Debian's apt, or Debian's dnf and rpm (see
/// machines.sh). The names are NVIDIA's.
public enum Distribution: String, Sendable, CaseIterable {
    case debian12, ubuntu2404, rhel9, rhel10

    public var isRHEL: Bool { self == .rhel9 || self == .rhel10 }
}
