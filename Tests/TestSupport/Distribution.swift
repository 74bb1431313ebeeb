/// What a booted machine says that it is, and whose package manager it has: Debian's apt, or Debian's dnf and rpm (see
/// machines.sh). The names are NVIDIA's.
package enum Distribution: String, Sendable, CaseIterable {
    case debian12, ubuntu2404, rhel9, rhel10

    package var isRHEL: Bool { self == .rhel9 || self == .rhel10 }
}
