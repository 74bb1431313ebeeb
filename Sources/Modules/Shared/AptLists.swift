import Playbook

/// apt's lists of packages, read anew.
struct AptLists: Sendable {
    static let options: [ModuleSpec.Option] = [
        .init("update_cache_retries", .int, default: .int(5), help: "How often to try reading the lists."),
        .init("update_cache_retry_max_delay", .int, default: .int(12), help: "Seconds between two tries, at most."),
    ]
    private let tries: Int, pause: Int, wait: Int

    /// - Parameter wait: seconds to wait for another apt.
    init(_ arguments: Arguments, wait: Int = 60) {
        tries = max(1, arguments.int("update_cache_retries") ?? 5)
        pause = max(1, arguments.int("update_cache_retry_max_delay") ?? 12)
        self.wait = max(1, wait)
    }

    func update(on host: ManagedHost) async throws {
        // The lists' lock is not one that apt itself waits for.
        let done = try await host.change("read the package lists") { host in
            try await host.attemptLong(
                """
                export DEBIAN_FRONTEND=noninteractive LC_ALL=C
                cf_try=0; cf_waited=0; cf_pause=1
                while :; do
                  cf_said=$(apt-get -q update -o APT::Update::Error-Mode=any 2>&1) && exit 0
                  case $cf_said in
                    *'The list of sources could not be read'*) break ;;
                    *'Could not get lock'*) cf_waited=$((cf_waited + 1)); [ $cf_waited -lt \(unquotedNumber: wait) ] || break; sleep 1 ;;
                    *) cf_try=$((cf_try + 1)); [ $cf_try -lt \(unquotedNumber: tries) ] || break; sleep $cf_pause
                       cf_pause=$((cf_pause * 2)); [ $cf_pause -le \(unquotedNumber: pause) ] || cf_pause=\(unquotedNumber: pause) ;;
                  esac
                done
                printf '%s\\n' "$cf_said" >&2
                exit 1
                """)
        }
        guard let done, done.status != 0 else { return }
        throw try await AptComplaint.naming(
            ModuleFailure("Failed to update apt cache: \(AptComplaint(done).text)", done.registered), done, on: host)
    }
}
