/// The host's side of a session, as text.
///
/// The session's shell reads its commands from the channel: a call is one command, `_c 7 '…script…'`, whose script the shell's own
/// parser takes in whole blocks (`read` costs a system call for each byte, `dd` a process for each call). A script only ever is
/// a quoted word that a subshell evaluates, so no syntax error in it reaches the session's shell. Since a call in a process group of
/// its own runs in the background, the command that ends it comes on the same channel.
///
/// A shell that is to outlive its link would read the same commands from a FIFO: what stands at the channel's end then gets each as one
/// quoted word, so that one that was cut is never passed on, and drops numbers that have begun.
enum RemoteShell {
    /// Up to this many bytes of encoded stdin travel as a word of the call's command; more goes by `dd`, with one round trip more.
    static let inlineInputLimit = 8192
    /// Bytes that one `dd` takes from the channel.
    static let inputChunk = 512 << 10

    /// Functions of the session. `$1` is the call's number everywhere, `$_M` the marker of its frames, which no call can see.
    ///
    /// - `_e`: the end of a call on both streams. A write fails only where a call has left the stream non-blocking: tried again.
    /// - `_c`: a call in a subshell that the shell waits for; one fork. With a third word its stdin is the file of the spool.
    /// - `_i`: the same with stdin as a word for `printf %b`.
    /// - `_r`: takes stdin from the channel in counted chunks: `N`, newline, N bytes; `0` ends, `-1` gives up.
    /// - `_s`: a call with stdin streamed from the channel; what it leaves unread is read away.
    /// - `_o`: makes the spool's folder, in memory where there is such a place. The session's end removes it.
    /// - `_w`, `_f`: stdin into the spool, from a word or from the channel; a call is run only when it is there whole.
    /// - `_g`: a call in a session and process group of its own, by a new shell. The script goes by a pipe, after the prelude `$_P`, since
    ///   argv can be seen by everyone. The session's shell goes on reading commands; a background shell waits for the call.
    /// - `_k`: TERM to process group `$2`, KILL after `$3` tenths of a second; says when none of it is left.
    static let functions = #"""
        _e() { until echo "${_M}e $1 $2"; do sleep 1; done; until echo "${_M}e $1" >&2; do sleep 1; done; }
        _c() {
        if [ -n "$3" ]; then [ -r "$_d/$1" ] || return; ( unset _M; eval "$2" ) <"$_d/$1"; _n=$?; rm -f "$_d/$1"
        else ( unset _M; eval "$2" ) </dev/null; _n=$?; fi
        _e "$1" $_n; }
        _i() { printf %b "$3" 2>/dev/null | ( unset _M; eval "$2" ); _e "$1" $?; }
        _r() { _b=0; while read -r _n && [ "$_n" -gt 0 ]; do dd bs="$_n" count=1 iflag=fullblock 2>/dev/null || _b=1; done; [ "$_n$_b" = 00 ]; }
        _s() { echo "${_M}r $1"; _r | { ( unset _M; eval "$2" ); _n=$?; cat >/dev/null; exit $_n; }; _e "$1" $?; }
        _o() {
        [ -z "$_d" ] || return 0
        for _n in /dev/shm "$XDG_RUNTIME_DIR" "${TMPDIR:-/tmp}"; do
        _d=$_n/comfyfleet-$_I; [ -n "$_n" ] && [ -w "$_n" ] && mkdir -m 700 "$_d" 2>/dev/null && return; done
        _d=; return 1; }
        _x() { rm -f "$_d/$1"; echo "comfyfleet: no room for the call's stdin in ${_d:-any temporary folder}" >&2; _e "$1" 125; }
        _w() { _o && printf %b "$2" >"$_d/$1" || _x "$1"; }
        _f() { if _o; then echo "${_M}r $1"; _r >"$_d/$1" || _x "$1"; else _x "$1"; fi; }
        _g() {
        [ -z "$3" ] || [ -r "$_d/$1" ] || return
        {
        printf '%s\n' "$_P" "$2" | {
        exec 3<&0; if [ -n "$3" ]; then exec <"$_d/$1"; rm -f "$_d/$1"; else exec </dev/null; fi
        exec $_S -c '. /dev/fd/3'; } &
        _p=$!; echo "${_M}b $1 $_p"; wait $_p 2>/dev/null; _e "$1" $?; } & }
        _k() {
        { kill -TERM $_G$2; kill -CONT $_G$2; _n=0
        while kill -0 $_G$2 && [ $_n -lt "$3" ]; do sleep 0.1 || { sleep 1; _n=$((_n+9)); }; _n=$((_n+1)); done
        kill -KILL $_G$2; _n=0
        while kill -0 $_G$2 && [ $_n -lt 20 ]; do sleep 0.1 || sleep 1; _n=$((_n+1)); done
        echo "${_M}k $1"; } 2>/dev/null & }

        """#

    /// What the shell reads first: its names, the functions, those of the modules, and a greeting on both streams, which tells
    /// where the login shell's own noise ends. Reading files costs less than processes that say the same.
    static func opening(marker: String, spool: String, shell: String, prelude: String) -> String {
        #"""
        _M=\#(marker.singleQuoted); _I=\#(spool); _d=
        trap '[ -z "$_d" ] || rm -rf "$_d"' EXIT
        if command -v setsid >/dev/null; then _S='setsid \#(shell)' _G=-; else _S='\#(shell)' _G=; fi

        """# + functions + "_P=\(prelude.singleQuoted); eval \"$_P\"\n" + #"""

        { read -r _b </proc/sys/kernel/random/boot_id; } 2>/dev/null || _b=-
        { read -r _o </proc/sys/kernel/ostype; } 2>/dev/null || _o=$(uname -s)
        { read -r _r </proc/sys/kernel/osrelease; } 2>/dev/null || _r=$(uname -r)
        { read -r _a </proc/sys/kernel/arch; } 2>/dev/null || _a=$(uname -m)
        { read -r _h </proc/sys/kernel/hostname; } 2>/dev/null || _h=$(uname -n)
        _u=; { while read -r _n _u _p; do [ "$_n" != Uid: ] || break; done </proc/self/status; } 2>/dev/null; [ -n "$_u" ] || _u=$(id -u)
        _n=${LOGNAME:-$USER}; [ -n "$_n" ] || _n=$(id -un)
        echo "${_M}g ${_G:-0} $_b $_o $_r $_a $_h $_u $_n $SHELL"; echo "${_M}g" >&2

        """#
    }

    /// A call's script as the word that the host evaluates: no arguments of the session's functions, then its environment.
    static func word(for call: Call, ownGroup: Bool) throws(InvalidCall) -> String {
        var text = ownGroup ? "exec 3<&-\n" : "set --\n"
        for (name, value) in call.environment {
            guard isVariableName(name) else { throw InvalidCall("\(name.debugDescription) can't be the name of an environment variable") }
            text += "export \(name)=\(value.singleQuoted)\n"
        }
        text += call.script
        guard !text.utf8.contains(0) else { throw InvalidCall("a script or its environment holds a NUL byte; data goes to stdin") }
        return text.singleQuoted
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    /// Bytes as a quoted word for `printf %b`, pure ASCII, so that no locale matters; nil when it would be longer than the limit.
    static func inlineInput(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= inlineInputLimit else { return nil }
        var word: [UInt8] = [UInt8(ascii: "'")]
        word.reserveCapacity(bytes.count + 16)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "'"): word += [UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "'")]
            case UInt8(ascii: "\\"): word += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"), 0x20...0x7e: word.append(byte)
            default: word += [UInt8(ascii: "\\"), UInt8(ascii: "0"), 0x30 + (byte >> 6), 0x30 + (byte >> 3 & 7), 0x30 + (byte & 7)]
            }
            guard word.count < inlineInputLimit else { return nil }
        }
        word.append(UInt8(ascii: "'"))
        return String(decoding: word, as: UTF8.self)
    }
}
