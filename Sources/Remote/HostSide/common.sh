# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # for the scripts that come after it; the parameters
# What the keeper and the attached shell both need. Parameter: _shell, the command of a shell.

if command -v setsid >/dev/null; then _new_session="setsid $_shell" _group=-; else _new_session=$_shell _group=; fi

# File $1 of the spool says $2. A line is overwritten in place, without making the file shorter first: a page that is
# given back may be somebody else's a moment later.
_write() { printf '%-63s\n' "$2" 1<>"$_spool/$1"; }

# A line for the keeper: the word that only the two know, then $@. The FIFO is not held open: when its last writer goes,
# that is the keeper's clock. Opened both ways it never waits, also where there is no keeper any more.
_tell() { echo "$_word $*" 1<>"$_spool/i"; }

# Seconds since the boot, or since 1970 where that is not known.
_find_now() {
  _now=
  { read -r _now _rest </proc/uptime; } 2>/dev/null
  _now=${_now%%.*}
  [ -n "$_now" ] || _now=$(date +%s)
}

# Somebody has shown himself.
_show() {
  _find_now
  _write l "$_now"
}

# Whether nobody has shown himself for the length of a lease. What is not known is no silence.
_is_silent() {
  _find_now
  _shown=
  { read -r _shown _rest <"$_spool/l"; } 2>/dev/null
  case $_shown in '' | *[!0-9]*) return 1 ;; esac
  [ $((_now - _shown)) -gt 45 ]
}
