/// Ends what was started over an SSH connection, as shell text for another channel of it: its processes know the
/// connection by their environment, so
/// commands that run in peace cost nothing. Needs `/proc`; what another identity owns (a command's own `sudo`) is left.
struct EndingScript {
    /// Between TERM and KILL, in tenths of a second.
    var grace = 50

    /// Prints `left` and a number of process groups when some are still there at the end.
    var text: String {
        """
        [ -n "$SSH_CONNECTION" ] && [ -r /proc/$$/stat ] || { echo left; exit; }
        group() { { read -r s <"/proc/$1/stat"; } 2>/dev/null || return; s=${s##*") "}; set -- $s; group=$3; }
        group $$; own=$group groups=
        for p in $(grep -lsF "SSH_CONNECTION=$SSH_CONNECTION" /proc/[0-9]*/environ); do
        p=${p#/proc/}; group ${p%/environ} || continue
        case " $own $groups " in *" $group "*) ;; *) groups="$groups $group" ;; esac; done
        alive() { for g in $groups; do kill -0 -$g && return; done; return 1; }
        for g in $groups; do kill -TERM -$g; kill -CONT -$g; done 2>/dev/null
        i=0; while alive && [ $i -lt \(grace) ]; do sleep 0.1 || { sleep 1; i=$((i+9)); }; i=$((i+1)); done 2>/dev/null
        n=0; for g in $groups; do kill -KILL -$g || [ ! -d /proc/$g ] || n=$((n+1)); done 2>/dev/null
        [ $n = 0 ] || echo left $n

        """
    }
}
