/// A lock that stands on a host, and what is known there of the session that holds it. All of it is what the host says.
package struct FoundLock: Sendable, Equatable {
    package enum State: String, Sendable {
        /// Its session is alive.
        case held
        /// Its session is gone: the next run takes it.
        case gone
        /// Of another identity on the host, whose runs do not conflict with this one's.
        case foreign
        /// Of another machine, which shares the folder with this one; it is listed and broken there.
        case elsewhere
        /// Whether it may be broken from here.
        package var isOwn: Bool { self == .held || self == .gone }
    }
    /// The file.
    package var path: String
    package var state: State
    /// The run's id.
    package var run: String
    /// Who works on the host since when, in the words of whoever does.
    package var holder: String
    /// Whether a controller has shown itself within the last minute; nil when the host does not know.
    package var isDriven: Bool?
    /// Names of the processes that its call runs.
    package var processes: [String]
}

/// Locks on a host, seen and broken by a shell on it that holds none itself.
package enum HostLocks {
    /// Throws `Unreachable` (also when the host can't say which locks there are) and `CancellationError`.
    package static func list(in shell: any HostShell) async throws -> [FoundLock] {
        let result = try await shell.call(Call(common + listing))
        guard result.status == 0 else {
            // All lines, whole, so that what is secret in them is found; whoever shows it makes one line of it.
            let said = String(decoding: result.stderr, as: UTF8.self).split(whereSeparator: \.isNewline).joined(
                separator: "\n")
            throw Unreachable(
                .protocolError, "its locks can't be listed (status \(result.status))\(said.isEmpty ? "" : ": \(said)")",
                remedy: "check that sort and id run on this host; until then it is not known whether it is locked")
        }
        // By bytes: as characters, a carriage return and the newline after it are one.
        return result.stdout.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let parts = String(decoding: line, as: UTF8.self).split(
                separator: "\t", maxSplits: 4, omittingEmptySubsequences: false
            ).map(String.init)
            // Other users name files in these folders, with newlines too. A line that is made up in a name has no
            // absolute path, since no name has a slash.
            guard parts.count == 5, let state = FoundLock.State(rawValue: parts[0]), parts[3].hasPrefix("/") else {
                return nil
            }
            let words = parts[4].split(separator: " ", maxSplits: 3).map(String.init)
            return FoundLock(
                path: parts[3], state: state, run: words.first ?? "", holder: words.count > 3 ? words[3] : "",
                isDriven: parts[1] == "driven" ? true : parts[1] == "-" ? false : nil,
                processes: parts[2].split(separator: " ").map(String.init))
        }
    }

    /// Ends the session that holds the lock, with all that it runs, and removes its files. Returns false when the lock
    /// is not that run's any more, or not ours.
    package static func end(_ lock: FoundLock, in shell: any HostShell) async throws -> Bool {
        var call = Call(common + "f=\(lock.path.singleQuoted) run=\(lock.run.singleQuoted)\n" + breaking)
        call.ownProcessGroup = true
        return try await shell.call(call).status == 0
    }

    /// - `away`: whether a lock's third word, `$1`, is of another machine, as `attach.sh` has it.
    /// - `alive`: whether process `$1` is there, since `$2`. - `spool`: the spool of lock file `$1`, if it is ours. -
    ///   `members`: names of the processes of group `$1`.
    /// - `silent`: whether nobody has shown himself in spool `$1` for a lease, as `common.sh` has it.
    /// - `running`: the process group `$g` of the call that runs in spool `$e`, as `keeper.sh` writes it; fails when
    ///   there is none, or it is not known.
    private static let common =
        HostScript.places + #"""
            b=-; { read -r b </proc/sys/kernel/random/boot_id; } 2>/dev/null
            { read -r h </proc/sys/kernel/hostname; } 2>/dev/null || h=$(uname -n)
            away() { case $1 in */*/*) x=${1#*/}; [ "${x%%/*}" != "$b" ] && [ "${x#*/}" != "$h" ] ;; *) return 1 ;; esac; }
            places() { eval "set -- $\#(HostScript.short("_places"))"; for p in "$@" /run/user/*; do [ -z "$p" ] || [ ! -d "$p" ] || echo "$p"; done; }
            alive() {
            case $1 in '' | *[!0-9]*) return 1 ;; esac
            x=; { read -r x <"/proc/$1/stat"; } 2>/dev/null || return; x=${x##*") "}
            [ "${x%% *}" != Z ] || return; s=$2; set -- $x; [ $# -ge 20 ] || return; shift 19; [ "$1" = "$s" ]; }
            spool() { places | while read -r p; do for e in "$p"/comfyfleet-*; do
            y=; [ ! -L "$e" ] && [ -O "$e" ] && [ -f "$e/y" ] && read -r y <"$e/y" && [ "$y" = "$1" ] && echo "$e" && return; done; done; }
            silent() {
            s= n=; { read -r s x <"$1/l" && read -r n x </proc/uptime; } 2>/dev/null; n=${n%%.*}
            case $s,$n in ,* | *, | *[!0-9,]*) return 1 ;; esac; [ $((n-s)) -gt 45 ]; }
            running() { g= r=; { read -r n g r <"$e/g"; } 2>/dev/null && [ -n "$g" ] && [ "$g" = "$r" ]; }
            members() { for t in /proc/[0-9]*/stat; do
            x=; { read -r x <"$t"; } 2>/dev/null || continue; c=${x#*"("}; c=${c%")"*}; x=${x##*") "}; g=$1; set -- $x; [ "$3" != "$g" ] || printf '%s ' "$c"; set -- "$g"; done; }

            """#

    private static let listing = #"""
        IFS=/; set -f; set -- $HOME; IFS=-; u=$(id -u) || exit; own=comfyfleet-lock-$u"$*"; unset IFS; set +f
        all=$(places | sort -u) || exit
        [ -n "$all" ] || { echo 'none of the folders is there in which a lock may be' >&2; exit 1; }
        printf '%s\n' "$all" | while read -r d; do for f in "$d"/comfyfleet-lock-*; do
        [ -f "$f" ] && [ ! -L "$f" ] || continue
        run= q= since= rest= state=gone driven=- names=; read -r run q since rest <"$f"
        if away "$since"; then state=elsewhere; elif alive "$q" "${since%%/*}"; then state=held; fi
        [ -O "$f" ] && [ "${f##*/}" = "$own" ] || state=foreign
        e=$(spool "$f")
        if [ -n "$e" ]; then
        a=; { read -r a x <"$e/a"; } 2>/dev/null
        case $a in -) ;; '') driven=unknown ;; *) silent "$e" || driven=driven ;; esac
        ! running || names=$(members "$g")
        fi
        printf '%s\t%s\t%s\t%s\t%s\n' "$state" "$driven" "$names" "$f" "$run $q $since $rest"
        done; done
        """#

    private static let breaking = #"""
        [ -f "$f" ] && [ ! -L "$f" ] && [ -O "$f" ] || exit 3
        read -r r q since rest <"$f" || exit 3
        [ "$r" = "$run" ] && ! away "$since" || exit 3
        e=$(spool "$f")
        if alive "$q" "${since%%/*}"; then
        if [ -n "$e" ]; then
        if running; then
        kill -TERM -"$g"; kill -CONT -"$g"; i=0; while kill -0 -"$g" && [ $i -lt 5 ]; do sleep 1; i=$((i+1)); done; kill -KILL -"$g"
        fi 2>/dev/null
        a=; { read -r a x <"$e/a"; } 2>/dev/null
        case $a in '' | *[!0-9]*) ;; *) kill -KILL -"$a" 2>/dev/null || kill -KILL "$a" 2>/dev/null ;; esac
        fi
        kill -KILL -"$q" 2>/dev/null || kill -KILL "$q" 2>/dev/null
        fi
        [ -z "$e" ] || rm -rf "$e"; rm -f "$f"
        [ ! -e "$f" ]
        """#
}
