/// The part of a session that outlives its link, as shell text: the keeper, what it starts, and the spool that they share.
///
/// The keeper is a shell away from every terminal (`setsid`) that reads commands, one short line each, from a FIFO of its spool. A line is written at
/// once or not at all, so half a command never arrives; scripts and input lie in files of the spool before their line comes. Its output goes through
/// pipes to two spoolers, which append it to segments of files. So a call that prints more than anybody takes away waits, as on a pipe, as long as
/// somebody is attached; with nobody there the middle of what it prints is left out, with a mark. And what a call left behind loses its output with the
/// session, as it would with a terminal.
///
/// The spool (0700, in memory where there is such a place):
///
/// | file | holds |
/// |---|---|
/// | `i` `o` `e` `v` | FIFOs: commands, the keeper's two streams, and one that ends when the keeper does |
/// | `k` `x` `P` | the functions of the keeper, of who attaches, of the modules |
/// | `p` `a` | who keeps it and who is attached: process, its start time, owner; `a` is empty with nobody there |
/// | `c…` `s…` | script and input of the call that runs, by attachment; emptied when it has ended |
/// | `g` | the process group that runs: the call's number, the group's |
/// | `l` `t` | touched when the controller shows itself, and at each tick of the watch |
/// | `1.N` `2.N` | segments of standard output and error |
/// | `f1` `f2` | first segment that is still there, and the call that its beginning belongs to |
/// | `r1` `r2` | the segment that is being read |
/// | `y` | the path of the host's lock, if this session holds it |
struct KeeperScript {
    /// Seconds between two looks of the watch.
    var tick = 15
    /// Ticks after which somebody who does not show himself is taken for gone.
    var lease = 3
    /// Ticks that an idle session lives with nobody attached.
    var grace: Int
    /// Ticks after which a call that runs with nobody attached is ended; nil lets it run.
    var abandon: Int?

    /// A segment is closed when it is found to be larger than this; that is looked at each 128 reads of at most 32 KiB.
    static let segmentBytes = 2 << 20

    func text(marker: String, shell: String) -> String {
        """
        _M=\(marker.singleQuoted) _T=\(tick) _B=\(lease) _W=\(grace) _Z=\(abandon.map(String.init) ?? "")
        if command -v setsid >/dev/null; then _S='setsid \(shell)' _G=-; else _S='\(shell)' _G=; fi

        """ + Self.functions + "\n" + Self.start
    }

    /// `$1` is the call's number and `$2` the attachment's name everywhere. `_L` is the last number that was begun, `_E` the last one that ended and its
    /// status, `_R` the one that runs in the background, `_A` the attachment that is listened to.
    ///
    /// - `_rm`: removes spool and lock; who still reads the spool may put a file back while it goes.
    /// - `_n`: takes a call, if it is the next one and comes from where it may.
    /// - `_e`: the end of a call on both streams; the next one may come at once, so what it wants to use is empty by then. A write fails only where a call has left the stream non-blocking: tried again.
    /// - `_c`: a call in a subshell that the keeper waits for: one fork. `$3` says what its input is: `s` the spooled file, `u` a FIFO that the attached
    ///   shell fills, nothing at all. That one is opened in a way that never waits and ends when the attached shell does; what the call
    ///   leaves unread is read away.
    /// - `_g`: a call in a session and process group of its own, by a new shell; the keeper goes on reading commands.
    /// - `_o`: a call whose script or input found no room in the spool. `_b`: the attached shell is ready to take input.
    /// - `_k`: TERM to process group `$2`, KILL after `$3` tenths of a second; says when none of it is left. The group's first process may not have made it yet.
    /// - `_h`: somebody new is attached; commands of others are dropped from here on.
    /// - `_s`: a spooler. `dd` counts reads, so what comes goes on at once, and none reads ahead of the next. A read that can't be written
    ///   (a full disk) is a gap; the mark waits for room.
    /// - `_w`: the watch. It also tidies up after a keeper that was killed.
    private static let functions = #"""
        _rm() { _x=; read -r _x <"$_d/y"; for _i in 1 2 3 4 5; do rm -rf "$_d" ${_x:+"$_x"}; [ -d "$_d" ] || break; sleep 1; done; }
        _n() { [ "$2" = "$_A" ] && [ "$1" = $((_L+1)) ] && _L=$1; }
        _e() {
        true >"$_d/c$2"; true >"$_d/s$2"; true >"$_d/l"
        until echo "${_M}e $1 $3"; do sleep 1; done; until echo "${_M}e $1" >&2; do sleep 1; done; }
        _c() {
        _n "$1" "$2" || return 0
        case $3 in
        u) ( exec 7<>"$_d/u$2" 8<"$_d/u$2" 9>&- 7>&-; echo "${_M}r $1 $2"; ( unset _M; . "$_d/c$2" ) <&8 8<&-; _x=$?; cat <&8 >/dev/null; exit $_x ) </dev/null ;;
        s) ( unset _M; . "$_d/c$2" ) <"$_d/s$2" 8>&- 9>&- ;;
        *) ( unset _M; . "$_d/c$2" ) </dev/null 8>&- 9>&- ;;
        esac
        _x=$?; _e "$1" "$2" $_x; _E="$1 $_x"; }
        _g() {
        _n "$1" "$2" || return 0
        _R=$1
        {
        exec 8>&-
        { _x=/dev/null; [ "$3" != s ] || _x=$_d/s$2
        exec <"$_x" 9>&- $_S -c '. "$1/P"; . "$1/$2"' sh "$_d" "c$2"; } &
        _p=$!; echo "$1 $_p" >"$_d/g"; echo "${_M}b $1 $_p"
        wait $_p 2>/dev/null; _x=$?
        true >"$_d/g"; _e "$1" "$2" $_x; echo "_y $1 $_x" >&9; } </dev/null & }
        _y() { [ "$_R" != "$1" ] || _R=; _E="$1 $2"; }
        _o() { _n "$1" "$2" || return 0; echo "comfyfleet: no room for the call's script or input in ${_d%/*}" >&2; _e "$1" "$2" 125; _E="$1 125"; }
        _b() { [ "$2" != "$_A" ] || echo "${_M}r $1 $2"; }
        _k() {
        { exec 8>&- 9>&-; kill -TERM $2; kill -TERM $_G$2; kill -CONT $_G$2; _x=0
        while kill -0 $_G$2 && [ $_x -lt "$3" ]; do sleep 0.1 || { sleep 1; _x=$((_x+9)); }; _x=$((_x+1)); done
        kill -KILL $_G$2; _x=0
        while kill -0 $_G$2 && [ $_x -lt 20 ]; do sleep 0.1 || sleep 1; _x=$((_x+1)); done
        echo "${_M}k $1"; } 2>/dev/null </dev/null & }
        _h() { _A=$1; echo "${_M}h $1 $_L $_E"; }
        _q() { if read -r _x _p <"$_d/g"; then kill -KILL $_G$_p; fi; exit; }
        _t() { [ -n "$_R" ] || [ "$_d/l" -nt "$_d/t" ] || exit; }
        _s() {
        exec 8>&- 9>&-
        _q=; trap 'kill $_q; exit' TERM
        _i=0 _z=0
        while [ -d "$_d" ]; do
        dd bs=32768 count=128 <&5 >>"$_d/$1.$_i" & _q=$!
        wait $_q || until echo "${_M}x" >>"$_d/$1.$_i" || [ ! -d "$_d" ]; do sleep 1; done
        _x=$(wc -c <"$_d/$1.$_i") || exit
        [ $((_x)) -gt $_z ] || exit
        _z=$((_x))
        [ $_z -ge \#(segmentBytes) ] || continue
        true >"$_d/$1.$((_i+1))"; echo "${_M}s $_i" >>"$_d/$1.$_i"
        _i=$((_i+1)) _z=0
        while read -r _x <"$_d/r$1" && [ $((_i-_x)) -gt 3 ]; do
        if [ -s "$_d/a" ]; then sleep 0.1 || sleep 1
        else printf '%s\n' "${_M}x" "${_M}s $((_i-2))" >"$_d/$1.$((_i-2))"; break; fi
        done
        done; }
        _w() {
        exec 8>&-
        _q=; trap 'kill $_q; exit' TERM
        _i=0
        while sleep $_T & _q=$!; wait $_q; do
        [ -d "$_d" ] || { echo _q >&9; exit; }
        kill -0 $$ || { _rm; exit; }
        if [ "$_d/l" -nt "$_d/t" ]; then _i=0; else _i=$((_i+1)); fi
        true >"$_d/t"
        [ $_i -lt $_B ] || true >"$_d/a"
        if [ -n "$_Z" ] && [ $_i -ge $_Z ] && read -r _x _p <"$_d/g"; then _k $_x $_p 100; fi
        [ $_i -lt $_W ] || echo _t >&9
        done; }
        """#

    /// What the keeper does first. No `exec` duplicates descriptor 0, from which the keeper reads its commands: bash 5.2 crashes after that. A session that ends takes its spoolers with it: what they would still read belongs to nobody.
    private static let start = #"""
        exec 9<>"$_d/i" 8<>"$_d/v"
        . "$_d/P"
        _L=0 _E='0 0' _R= _A=
        _s 1 5<"$_d/o" </dev/null 2>/dev/null & _1=$!
        exec >"$_d/o"
        _s 2 5<"$_d/e" </dev/null >/dev/null 2>&1 & _2=$!
        _w >/dev/null 2>&1 </dev/null & _3=$!
        exec 2>"$_d/e"
        trap 'kill $_1 $_2 $_3 2>/dev/null; exec >/dev/null 2>&1; _rm' EXIT
        """#
}
