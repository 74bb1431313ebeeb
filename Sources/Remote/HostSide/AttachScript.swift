/// The part of a session that stands at a channel's end, as shell text: it hands calls to the keeper, and reads the
/// spool.
///
/// A call is one command, `_p _c 7 '…script…'`, whose script the shell's own parser takes in whole blocks. Since it is
/// a quoted word, one that
/// the link cut is never run. After the greeting nothing writes to the channel but two `tail`s, so that every byte has
/// a place in the spool, and the
/// controller can say from where to go on.
struct AttachScript {
    enum Mode: Equatable {
        /// Makes the spool and starts the keeper; where that was done already, by an attempt whose link was lost, it is
        /// used.
        case new
        /// Goes on reading where the controller is, of each stream.
        case again(SpoolPosition, SpoolPosition)
        /// Reads all that is still there.
        case whole
    }
    var record: SessionRecord
    var mode: Mode
    /// Names the attachment; another one each time.
    var name: String
    /// Names the process that drives the session: two never do at once.
    var owner: String
    var shell: String
    var prelude: String
    var keeper: KeeperScript
    var lock: HostLock?

    /// Bytes that one `dd` takes from the channel. Chosen: starting one costs the host as much as copying a MiB, and on
    /// a link of 1 Mbit/s one takes less time than the lease.
    static let inputChunk = 2 << 20

    /// What is sent on the channel. The functions go there once, and stay in the spool: who comes back says little, so
    /// a link that breaks often is enough.
    var text: String {
        let places: (String, String) =
            if case .again(let one, let two) = mode {
                ("\(one.segment) \(one.offset + 1)", "\(two.segment) \(two.offset + 1)")
            } else { ("", "") }
        let names = """
            _M=\(record.marker.singleQuoted) _K=\(record.proof.ofCommands) _I=\(record.spool) _A=\(name) _O=\(owner) _1='\(places.0)' _2='\(places.1)'

            """
        guard mode == .new else { return names + Self.finding }
        let functions = [Self.functions, Self.opening, Self.facts, Self.start].joined(separator: "\n")
        return names + """
            _C=\((lock?.run ?? "").singleQuoted) _D=\((lock?.holder ?? "").singleQuoted)
            _T="if command -v setsid >/dev/null; then _S='setsid \(shell)' _G=-; else _S='\(shell)' _G=; fi
            _U=\(Self.room)
            "\(functions.singleQuoted)
            eval "$_T"
            _facts; _new \(prelude.singleQuoted) \(keeper.text(marker: record.marker, shell: shell).singleQuoted); _start

            """
    }

    /// Where a spool may be: what is in memory first. A user's runtime folder goes with that user's last login, so it
    /// is none for those who don't linger.
    static let places = #"/dev/shm "$XDG_RUNTIME_DIR" "${TMPDIR:-/tmp}" /tmp /var/tmp "$HOME""#

    /// KiB that a place should have free: the most that a session keeps of its calls. A place with less (2 MiB at
    /// least) is taken when all have.
    private static let room = 65536

    /// Finds the spool and its functions, or says that there is none.
    private static let finding = #"""
        for _x in \#(places); do
        _d=$_x/comfyfleet-$_I; [ -n "$_x" ] && [ -O "$_d" ] && [ -r "$_d/x" ] && break; _d=; done
        if [ -n "$_d" ]; then . "$_d/x"; _facts; _old; _start; else
        _b=-; { read -r _b </proc/sys/kernel/random/boot_id; read -r _t _x </proc/uptime; } 2>/dev/null
        echo "${_M}z gone $_b $_t"; echo "${_M}g" >&2; fi

        """#

    /// What the controller's commands call. `_p` to `_K` are those; `$_k` is the keeper.
    ///
    /// - `_u`: file `$1` of the spool says `$2`, as the keeper's.
    /// - `_s`: a line for the keeper, with the word that only the two of us know.
    /// - `_l`: the controller shows itself.
    /// - `_r`: takes input from the channel in counted chunks: `N`, newline, N bytes; `0` ends, `-1` aborts (status 1).
    ///   The link's end gives 2.
    ///   Commands of one line may come in between.
    /// - `_p`: hands a call to the keeper: its function, number, proof, script, what its input is, and perhaps the
    ///   input as a word for `printf %b`.
    /// - `_i`: the same with input from the channel, which counts only when it is there whole. The keeper's frame says
    ///   that we are ready.
    /// - `_j`: the same with input that goes through while the call runs.
    /// - `_v`: any other command for the keeper.
    /// - `_f`: reads segment `$2` of stream `$1` from byte `$3` on, as it grows. Without GNU's tail it looks often
    ///   while there is something to come.
    /// - `_t`: stream `$1` has been read up to segment `$2`: on with that one.
    /// - `_x`: segments before `$2` of stream `$1` are done with; its beginning belongs to call `$3`.
    /// - `_m`: what segment `$2` of stream `$1` held is received, and is a gap for whoever comes later.
    /// - `_Q`: ends the session, and says so: by then nobody else writes to the channel.
    /// - `_K`: ends the keeper and what it runs, when it does not listen any more.
    private static let functions = #"""
        \#(KeeperScript.writing)
        _s() { echo "$_K $*" >&3; }
        _l() { true >"$_d/l"; }
        _r() {
        _y=0; while read -r _x || return 2; do
        case $_x in 0 | -1) break ;; _*) eval "$_x" ;; *) _l; dd bs="$_x" count=1 iflag=fullblock 2>/dev/null || _y=1 ;; esac
        done
        [ "$_x$_y" = 00 ]; }
        _p() {
        _l
        if printf '%s\n' "$4" >"$_d/c$_A" && { [ -z "$6" ] || printf %b "$6" >"$_d/s$_A"; }; then _s "$1" "$2" "$_A" "$3" "$5"
        else _s _o "$2" "$_A" "$3"; return 1; fi; }
        _i() {
        _s _b "$2" "$_A"; _r >"$_d/s$_A"; _x=$?
        case $_x in 0) _p "$1" "$2" "$3" "$4" s ;; 1) _s _o "$2" "$_A" "$3" ;; *) exit ;; esac; }
        _j() {
        rm -f "$_d/u$_A"; mkfifo "$_d/u$_A" || { _s _o "$2" "$_A" "$3"; return; }
        exec 7<>"$_d/u$_A"; ! _p "$1" "$2" "$3" "$4" u || _r >&7; exec 7>&-; rm -f "$_d/u$_A"; }
        _v() { _l; _s "$@"; }
        _f() {
        _x=$(($1+3))
        if [ -z "$_X" ]; then tail -s 0.1 --pid=$$ -c +$3 -f "$_d/$1.$2" >&$_x 3>&- 4>&- 5>&- &
        else
        ( exec 6<"$_d/$1.$2" >&$_x 3>&- 4>&- 5>&-
        [ $3 = 1 ] || dd bs=$(($3-1)) count=1 iflag=fullblock <&6 >/dev/null
        _i=0; while kill -0 $$; do
        cat <&6; if [ "$_d/l" -nt "$_d/m$1" ]; then _i=0; true >"$_d/m$1"; fi
        if [ $_i -lt 100 ]; then _i=$((_i+1)); sleep 0.02 || sleep 1; else sleep 1; fi
        done ) & fi
        eval "_t$1=$!"; }
        _t() { _l; eval "kill \$_t$1"; _u r$1 "$2"; _f $1 $2 1; }
        _x() { _u f$1 "$2 $3"; _x=$(($2-1)); while [ $_x -ge 0 ] && [ -e "$_d/$1.$_x" ]; do rm -f "$_d/$1.$_x"; _x=$((_x-1)); done; }
        _m() { printf '%s\n' "${_M}x" "${_M}s $2" >"$_d/$1.$2"; }
        _Q() { _s _q; kill $_t1 $_t2; echo "${_M}q" >&4; exit; }
        _K() { kill $_t3; _y=; ! read -r _x _y _z <"$_d/g" || [ -z "$_y" ] || [ "$_y" != "$_z" ] || kill -KILL $_G$_y; kill -KILL $_G$_k; _x=; read -r _x <"$_d/y"; rm -rf "$_d" ${_x:+"$_x"} || rm -rf "$_d"; exit; }
        """#

    /// - `_z`: says why there is no session, and ends.
    /// - `_a`: finds the start time of process `$1` (`$_x`), which tells it from a later one with its number; fails
    ///   when it is gone.
    /// - `_find`: the spool, if it is ours and there.
    /// - `_scope`: where logging out ends a user's processes, what starts one that stays, if there is something.
    /// - `_away`: whether what stands in a lock or a `p` after its process, `start/boot/host`, is of another machine:
    ///   booted another time, and called otherwise. Where a home folder is on a disk that
    ///   machines share, one can't see whether the other's processes live, and leaves its files alone.
    /// - `_room`: KiB that are free in folder `$1`; as many as are asked for where nothing tells, none on another
    ///   machine's disk: hosts may share that.
    /// - `_held`: whether another run holds the host by lock file `$1`; says in `$_w` who does, and removes what nobody
    ///   holds. A lock whose keeper is gone is nobody's; an empty one is
    ///   being written, or nobody's when it stays so. The file of another user, or a link, is none of ours, and can't
    ///   be made. Status 2: the lock is another machine's, which neither
    ///   holds this one nor is removed.
    /// - `_lock`: holds the host for the run (status 1: another one does, 2: there is no room for the file). Where one
    ///   place is full the lock is in another: all are looked at, once more
    ///   when ours is made, so that of two who come at once at most one gets the host.
    /// - `_make`: the spool's files.
    /// - `_new`: the spool in the first place that has room, the lock beside it, and the keeper.
    private static let opening = #"""
        _z() { echo "${_M}z $*"; echo "${_M}g" >&2; exit 0; }
        _a() {
        kill -0 $1 2>/dev/null || return
        _x=; { read -r _x <"/proc/$1/stat"; } 2>/dev/null; _x=${_x##*") "}
        [ "${_x%% *}" != Z ] || return; set -- $_x; [ $# = 0 ] || eval '_x=${20}'; }
        _find() {
        for _x in \#(places); do
        _d=$_x/comfyfleet-$_I; [ -z "$_x" ] || [ ! -O "$_d" ] || return 0; done; return 1; }
        _room() {
        _y=$_U; _x=$(df -Pk "$1" 2>/dev/null) || return 0
        set -- ${_x#*
        }; [ -z "$4" ] || _y=$4
        case $1 in *:* | //*) _y=0 ;; esac; }
        _away() { case $1 in */*/*) _x=${1#*/}; [ "${_x%%/*}" != "$_b" ] && [ "${_x#*/}" != "$_h" ] ;; *) return 1 ;; esac; }
        _scope() {
        [ -d /run/systemd/system ] || return
        _x=; { while read -r _y; do _x=$_x$_y; done </proc/self/cgroup; } 2>/dev/null
        case $_x in *session-*.scope*) ;; *) return ;; esac
        grep -qsEi '^[[:space:]]*KillUserProcesses[[:space:]]*=[[:space:]]*(yes|true|on|1)' /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf /usr/lib/systemd/logind.conf.d/*.conf || return
        if [ $_u = 0 ]; then _B='systemd-run --scope --quiet --collect'
        elif [ -e "/var/lib/systemd/linger/$_n" ]; then _B='systemd-run --user --scope --quiet --collect'; fi
        [ -z "$_B" ] || ! $_B true </dev/null >/dev/null 2>&1 || return
        _B= _F=${_F}k; }
        _held() {
        for _i in 1 2 3 4 5 6; do
        [ -e "$1" ] || return
        [ -O "$1" ] && [ ! -L "$1" ] || { _w="$1, a file of another user's"; return 0; }
        _z= _q= _p= _w=; { read -r _z _q _p _w <"$1"; } 2>/dev/null
        ! _away "$_p" || return 2
        [ -z "$_C" ] || [ "$_z" != "$_C" ] || return
        if [ -z "$_q" ]; then [ $_i -ge 5 ] || { sleep 0.1 || sleep 1; continue; }
        elif _a $_q && [ "$_x" = "${_p%%/*}" ]; then return 0; fi
        mv "$1" "$1.$$" 2>/dev/null || return 0
        _z=; read -r _z _x _y <"$1.$$"; if [ "$_x" = "$_q" ]; then rm -f "$1.$$"; else mv "$1.$$" "$1"; fi
        done; _w=${_w:-$1}; return 0; }
        _others() {
        for _j in \#(places); do
        [ -z "$_j" ] || [ "$_j" = "${_d%/*}" ] || ! _held "$_j/$_l" || return 0; done; return 1; }
        _lock() {
        _Y=
        [ -n "$_C" ] || return 0
        _a $$; _s=$_x _f=0
        IFS=/; set -f; set -- $HOME; IFS=-; _l=comfyfleet-lock-$_u"$*"; unset IFS; set +f
        ! _others || return 1
        _Y=${_d%/*}/$_l
        until ( set -C; true >"$_Y" ) 2>/dev/null; do
        [ -e "$_Y" ] || { _f=$((_f+1)); [ $_f -lt 3 ] || { _Y=; return 2; }; continue; }
        _held "$_Y"; case $? in 0) _Y=; return 1 ;; 2) _W="$_W, but $_Y is the lock of another machine"; _Y=; return 2 ;; esac
        [ "$_z" != "$_C" ] || { _Y=; return 0; }
        done
        { echo "$_C $$ $_s/$_b/$_h $_D" >"$_Y"; } 2>/dev/null || { rm -f "$_Y"; _Y=; return 2; }
        ! _others || { rm -f "$_Y"; _Y=; return 1; }; }
        _make() {
        mkfifo -m 600 "$_d/i" "$_d/o" "$_d/e" "$_d/v" && printf '%s\n' "$_T" "_H=$_F" >"$_d/x" && printf '%s\n' "$1" >"$_d/P" && printf '%s\n' "_d='$_d' _U=$_y" "$2" >"$_d/k" &&
        _u f1 '0 1' && _u f2 '0 1' && _u r1 0 && _u r2 0 && _u p - && _u a - && _u g - && echo "$_Y" >"$_d/y" &&
        for _x in f1 f2 r1 r2 p a g; do [ -s "$_d/$_x" ] || return; done && for _x in 1.0 2.0 t l; do true >"$_d/$_x"; done; }
        _new() {
        if _find; then _old; return; fi
        for _m in $_U 2048; do _w=; for _x in \#(places); do
        [ -n "$_x" ] && [ -d "$_x" ] && [ -w "$_x" ] && { [ "$_x" != "$XDG_RUNTIME_DIR" ] || [ -e "/var/lib/systemd/linger/$_n" ]; } || continue
        _e=$_x; _room "$_e"; _w="$_w${_w:+, }$_e has $_y KiB"
        [ $_y -ge $_m ] || continue
        _d=$_e/comfyfleet-$_I; mkdir -m 700 "$_d" 2>/dev/null || continue
        case $_e in /dev/shm | "$XDG_RUNTIME_DIR") _F=m ;; *) _F=d ;; esac
        _v=$_y _W=$_w; _lock; case $? in 0) ;; 1) rmdir "$_d"; _z locked "$_w" ;; *) rmdir "$_d"; _w=$_W; continue ;; esac
        _y=$_v _w=$_W; { _make "$1" "$2"; } 2>/dev/null && break 2
        rm -rf "$_d" ${_Y:+"$_Y"}
        done; _d=; done
        [ -n "$_d" ] || _z spool "$_w"
        exec 3<>"$_d/i"
        echo "$_K" >&3
        _scope
        exec 8<>"$_d/v"
        $_B $_S "$_d/k" <&3 3>&- >/dev/null 2>&1 &
        _k=$!; _a $_k; _u p "$_k $_x/$_b/$_h"; [ -z "$_Y" ] || printf '%s\n' "$_C $_k $_x/$_b/$_h $_D" 1<>"$_Y"
        _a $$; _u a "$$ $_x $_O"
        _1='0 1' _2='0 1'; }
        _old() {
        _find || _z gone $_b $_t
        _k= _y=; { read -r _k _y <"$_d/p"; } 2>/dev/null
        ! _away "$_y" || _z gone $_b $_t
        [ -n "$_k" ] && [ "$_k" != - ] && _a $_k && [ "$_x" = "${_y%%/*}" ] || { rm -rf "$_d"; _z gone $_b $_t; }
        _p=; { read -r _p _y _w <"$_d/a"; } 2>/dev/null
        [ -n "$_p" ] || _z driven
        if [ "$_p" != - ] && _a $_p && [ "$_x" = "$_y" ]; then
        [ "$_w" = "$_O" ] || _z driven
        kill -KILL $_G$_p 2>/dev/null || kill -KILL $_p; fi
        _a $$; _u a "$$ $_x $_O"
        _F=${_H:-m}
        if [ -n "$_1" ]; then _N=; else read -r _1 <"$_d/f1"; read -r _2 <"$_d/f2"; fi
        exec 3<>"$_d/i" 8<>"$_d/v"; }
        """#

    /// What the greeting tells of the host; reading files costs less than processes that say the same.
    private static let facts = #"""
        _facts() {
        _F=m _B= _X= _N=1
        { read -r _b </proc/sys/kernel/random/boot_id; } 2>/dev/null || _b=-
        { read -r _o </proc/sys/kernel/ostype; } 2>/dev/null || _o=$(uname -s)
        { read -r _r </proc/sys/kernel/osrelease; } 2>/dev/null || _r=$(uname -r)
        { read -r _c </proc/sys/kernel/arch; } 2>/dev/null || _c=$(uname -m)
        { read -r _h </proc/sys/kernel/hostname; } 2>/dev/null || _h=$(uname -n)
        _u=; { while read -r _x _u _y; do [ "$_x" != Uid: ] || break; done </proc/self/status; } 2>/dev/null; [ -n "$_u" ] || _u=$(id -u)
        _n=${LOGNAME:-$USER}; [ -n "$_n" ] || _n=$(id -un)
        _t=; { read -r _t _x </proc/uptime; } 2>/dev/null; }
        """#

    /// The greeting on both streams, which tells where the login shell's own noise ends, and the reading from there on.
    /// The one in the background ends us
    /// when the keeper has ended, and says what the keeper has said of that.
    private static let start = #"""
        _start() {
        _s _h "$_A"
        echo "${_M}g $_1 $_2 $_F ${_G:-0} $_b $_o $_r $_c $_h $_u $_n $SHELL"; echo "${_M}g" >&2
        exec 4>&1 5>&2 >/dev/null 2>&1
        ( exec 7<"$_d/v" 3>&- 5>&- 8>&-; _x=; ! read -r _x <&7 || echo "${_M}z $_x" >&4; kill $$ ) </dev/null & _t3=$!
        exec 8>&-
        tail --pid=$$ -c +1 /dev/null || _X=1
        _f 1 ${_1% *} ${_N:-${_1#* }}; _f 2 ${_2% *} ${_N:-${_2#* }}
        trap 'kill $_t1 $_t2 $_t3; read -r _x _y <"$_d/a" && [ "$_x" = $$ ] && _u a -' EXIT; }
        """#
}
