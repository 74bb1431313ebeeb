/// The part of a session that outlives its link, as shell text: the keeper, what it starts, and the spool that they
/// share.
///
/// The keeper is a shell away from every terminal (`setsid`) that reads commands, one short line each, from a FIFO of
/// its spool. A line is written at
/// once or not at all, so half a command never arrives; scripts and input lie in files of the spool before their line
/// comes. A line names one of the
/// keeper's own commands and is never evaluated, and begins with a word that is in no file (the first line tells it): a
/// call runs as the same user, and may
/// write to the FIFO, too. Its output goes through pipes to two spoolers, which append it to segments of files. So a
/// call that prints more than anybody takes away waits, as on a pipe, as long as
/// somebody is attached; with nobody there the middle of what it prints is left out, with a mark. And what a call left
/// behind loses its output with the
/// session, as it would with a terminal.
///
/// The spool (0700, in memory where there is such a place):
///
/// | file | holds |
/// |---|---|
/// | `i` `o` `e` `v` | FIFOs: commands, the keeper's two streams, and one that ends when the keeper does |
/// | `k` `x` `P` | the functions of the keeper, of who attaches, of the modules |
/// | `p` `a` | who keeps it and who is attached: process, its start time (of the keeper with the boot and the host),
/// owner; `-` with nobody there |
/// | `c…` `s…` | script and input of the call that runs, by attachment; emptied when it has ended |
/// | `g` | the process group that runs: the call's number, the group's twice; `-` when there is none |
/// | `l` `t` | touched when the controller shows itself, and at each tick of the watch |
/// | `1.N` `2.N` | segments of standard output and error |
/// | `f1` `f2` | first segment that is still there, and the call that its beginning belongs to |
/// | `r1` `r2` | the segment that is being read |
/// | `y` | the path of the host's lock, if this session holds it |
///
/// `p` `a` `g` `f…` `r…` are made with the spool, while there is room, and from then on only overwritten in place, a
/// line of 64 bytes or more each: that needs no
/// room, so none of them is empty because the place is full. Where one is empty all the same, what it would say is not
/// known, and nothing is taken for granted.
///
/// What ends a call is reported with its `EndProof`, which comes with the call's line and stands nowhere else before
/// the end: neither in a file nor in the
/// environment, the arguments or the variables of what the call runs. So a call can't say its own end. That is all that
/// the word and the proof are for: the FIFO is
/// no secret from other processes of the same user. One that an earlier call left behind, or that was there before, can
/// read the lines of the calls to come, with the word and
/// their proofs, from the FIFO or from a shell's memory, and then be the keeper to the controller and the controller to
/// the keeper.
struct KeeperScript {
    /// Seconds between two looks of the watch.
    var tick = 15
    /// Ticks after which somebody who does not show himself is taken for gone.
    var lease = 3
    /// Ticks that an idle session lives with nobody attached.
    var grace: Int
    /// Ticks after which a call that runs with nobody attached is ended; nil lets it run.
    var abandon: Int?

    func text(marker: String, shell: String) -> String {
        """
        _M=\(marker.singleQuoted) _T=\(tick) _B=\(lease) _W=\(grace) _Z=\(abandon.map(String.init) ?? "")
        if command -v setsid >/dev/null; then _S='setsid \(shell)' _G=-; else _S='\(shell)' _G=; fi

        """ + Self.functions + "\n" + Self.start
    }

    /// `$1` is the call's number, `$2` the attachment's name and `$3` the proof of its end, but where it is said
    /// otherwise. `_L` is the last number that was begun,
    /// `_E` the last one that ended, its status and proof, `_R` the one that runs in the background and `_V` its proof,
    /// `_A` the attachment that is listened to.
    ///
    /// - `_u`: file `$1` of the spool says `$2`. `_gr`: the process group that runs (call `$_x`, group `$_p`); fails
    ///   where there is none or it is not known, also where the file changes
    ///   while it is read. `_at`: whether somebody is attached; whoever may be there is waited for.
    /// - `_rm`: removes spool and lock; who still reads the spool may put a file back while it goes.
    /// - `_n`: takes a call, if it is the next one, comes from where it may, and no other one runs.
    /// - `_e`: the end of a call on both streams, `$3` being its status and `$4` the proof; the next one may come at
    ///   once, so what it wants to use is empty by then. A write fails only where a call has left the stream
    ///   non-blocking: tried again.
    /// - `_c`: a call in a subshell that the keeper waits for: one fork. `$4` says what its input is: `s` the spooled
    ///   file, `u` a FIFO that the attached
    ///   shell fills, nothing at all. That one is opened in a way that never waits and ends when the attached shell
    ///   does; what the call
    ///   leaves unread is read away.
    /// - `_g`: a call in a session and process group of its own, by a new shell; the keeper goes on reading commands.
    ///   `_y`: it has ended with status `$2`; said before anybody else
    ///   is notified, so that the next call finds the keeper ready.
    /// - `_o`: a call whose script or input found no room in the spool. `_b`: the attached shell is ready to take
    ///   input.
    /// - `_k`: TERM to process group `$2`, KILL after `$3` tenths of a second; says when none of it is left. The
    ///   group's first process may not have made it yet.
    /// - `_h`: somebody new is attached; commands of others are dropped from here on.
    /// - `_s`: a spooler. `dd` counts reads, so what comes goes on at once, and none reads ahead of the next. A read
    ///   that can't be written
    ///   (a full disk) is a gap. `_P` reads are a batch, and a segment is closed
    ///   when a batch has brought it to `_Q` bytes.
    /// - `_a`: appends a mark, and waits for room for it: for ten seconds where somebody is there, else for ten
    ///   minutes.
    /// - `_z`: there is no room any more: who is attached is notified (by `v`), and the session ends.
    /// - `_w`: the watch. It also tidies up after a keeper that was killed.
    private static let functions = #"""
        \#(writing)
        _gr() { _p=; { read -r _x _p _y <"$_d/g"; } 2>/dev/null && [ -n "$_p" ] && [ "$_p" = "$_y" ]; }
        _at() { _f=; { read -r _f _l <"$_d/a"; } 2>/dev/null; [ "$_f" != - ]; }
        _rm() { _x=; read -r _x <"$_d/y"; for _i in 1 2 3 4 5; do rm -rf "$_d" ${_x:+"$_x"}; [ -d "$_d" ] || break; sleep 1; done; }
        _n() { [ "$2" = "$_A" ] && [ "$1" = $((_L+1)) ] && [ -z "$_R" ] && _L=$1; }
        _e() {
        true >"$_d/c$2"; true >"$_d/s$2"; true >"$_d/l"
        until echo "${_M}e $1 $3 $4"; do sleep 1; done; until echo "${_M}e $1 $4" >&2; do sleep 1; done; }
        _c() {
        _n "$1" "$2" || return 0
        case $4 in
        u) ( exec 7<>"$_d/u$2" 8<"$_d/u$2" 9>&- 7>&-; echo "${_M}r $1 $2"; ( unset _M _K _w _k; . "$_d/c$2" ) <&8 8<&-; _x=$?; cat <&8 >/dev/null; exit $_x ) </dev/null ;;
        s) ( unset _M _K _w _k; . "$_d/c$2" ) <"$_d/s$2" 8>&- 9>&- ;;
        *) ( unset _M _K _w _k; . "$_d/c$2" ) </dev/null 8>&- 9>&- ;;
        esac
        _x=$?; _e "$1" "$2" $_x "$3"; _E="$1 $_x $3"; }
        _g() {
        _n "$1" "$2" || return 0
        _R=$1 _V=$3
        {
        exec 8>&-
        { _x=/dev/null; [ "$4" != s ] || _x=$_d/s$2
        exec <"$_x" 9>&- $_S -c '. "$1/P"; . "$1/$2"' sh "$_d" "c$2"; } &
        _p=$!; _u g "$1 $_p $_p"; echo "${_M}b $1 $_p"
        wait $_p 2>/dev/null; _x=$?
        _u g -; true >"$_d/l"; echo "$_K _y $1 $_x $3" >&9; _e "$1" "$2" $_x "$3"; } </dev/null & }
        _y() { [ "$_R $_V" != "$1 $3" ] || _R= _V= _E="$*"; }
        _o() { _n "$1" "$2" || return 0; echo "comfyfleet: ${_d%/*}: no space left on device for the call's script or input" >&2; _e "$1" "$2" 125 "$3"; _E="$1 125 $3"; }
        _b() { [ "$2" != "$_A" ] || echo "${_M}r $1 $2"; }
        _k() {
        { exec 8>&- 9>&-; kill -TERM $2; kill -TERM $_G$2; kill -CONT $_G$2; _x=0
        while kill -0 $_G$2 && [ $_x -lt "$3" ]; do sleep 0.1 || { sleep 1; _x=$((_x+9)); }; _x=$((_x+1)); done
        kill -KILL $_G$2; _x=0
        while kill -0 $_G$2 && [ $_x -lt 20 ]; do sleep 0.1 || sleep 1; _x=$((_x+1)); done
        echo "${_M}k $1"; } 2>/dev/null </dev/null & }
        _h() { _A=$1; echo "${_M}h $1 $_L $_E"; }
        _q() { if _gr; then kill -KILL $_G$_p; fi; exit; }
        _t() { [ -n "$_R" ] || [ "$_d/l" -nt "$_d/t" ] || exit; }
        _s() {
        exec 8>&- 9>&-
        _q=; trap 'kill $_q; exit' TERM
        _i=0 _z=0
        while [ -d "$_d" ]; do
        dd bs=32768 count=$_P <&5 >>"$_d/$1.$_i" & _q=$!
        wait $_q || _a "${_M}x" "$_d/$1.$_i"
        _x=$(wc -c <"$_d/$1.$_i") || exit
        [ $((_x)) -gt $_z ] || exit
        _z=$((_x))
        [ $_z -ge $_Q ] || continue
        true >"$_d/$1.$((_i+1))"; _a "${_M}s $_i" "$_d/$1.$_i"
        _i=$((_i+1)) _z=0
        while [ -d "$_d" ]; do
        _x=; read -r _x <"$_d/r$1"; [ $((_i-${_x:-0})) -gt 3 ] || break
        if _at; then sleep 0.1 || sleep 1
        else printf '%s\n' "${_M}x" "${_M}s $((_i-2))" >"$_d/$1.$((_i-2))"; break; fi
        done
        done; }
        _a() {
        _y=0; until echo "$1" >>"$2" || [ ! -d "$_d" ]; do
        if _at; then _y=$((_y+60)); else _y=$((_y+1)); fi
        [ $_y -lt 600 ] || _z; sleep 1; done; }
        _z() {
        trap - TERM
        echo "full ${_d%/*}" >"$_d/v"; sleep 2
        ! _gr || kill -KILL $_G$_p
        _rm; kill -KILL $_G$$; exit; }
        _w() {
        exec 8>&-
        _q=; trap 'kill $_q; exit' TERM
        _i=0
        while sleep $_T & _q=$!; wait $_q; do
        [ -d "$_d" ] || { echo "$_K _q" >&9; exit; }
        kill -0 $$ || { _rm; exit; }
        if [ "$_d/l" -nt "$_d/t" ]; then _i=0; else _i=$((_i+1)); fi
        true >"$_d/t"
        [ $_i -lt $_B ] || _u a -
        if [ -n "$_Z" ] && [ $_i -ge $_Z ] && _gr; then _k $_x $_p 100; fi
        [ $_i -lt $_W ] || echo "$_K _t" >&9
        done; }
        """#

    /// Overwrites a line of the spool's without making the file shorter first: a page that is given back may be
    /// somebody else's a moment later.
    static let writing = #"_u() { printf '%-63s\n' "$2" 1<>"$_d/$1"; }"#

    /// What the keeper does first, and then for as long as it lives. Where there is little room (`_U`, in KiB) segments
    /// are small, so that what has been read makes room for what comes.
    /// A session that ends takes its spoolers with it: what they would still read belongs to nobody.
    private static let start = #"""
        exec 9<>"$_d/i" 8<>"$_d/v"
        read -r _K
        . "$_d/P"
        _L=0 _E='0 0 -' _R= _V= _A=
        if [ "$_U" -lt 65536 ]; then _P=$((_U/1024)) _Q=$((_U*32)); else _P=128 _Q=2097152; fi
        _s 1 5<"$_d/o" </dev/null 2>/dev/null & _1=$!
        exec >"$_d/o"
        _s 2 5<"$_d/e" </dev/null >/dev/null 2>&1 & _2=$!
        _w >/dev/null 2>&1 </dev/null & _3=$!
        exec 2>"$_d/e"
        trap 'kill $_1 $_2 $_3 2>/dev/null; exec >/dev/null 2>&1; _rm' EXIT
        while read -r _w _x _i _j _k _l || { sleep 1; _w=; }; do
        [ "$_w" != "$_K" ] || case $_x in _[bcghkoqty]) $_x "$_i" "$_j" "$_k" "$_l" ;; esac
        done
        """#
}
