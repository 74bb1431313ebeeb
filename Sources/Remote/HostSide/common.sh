# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # for the scripts that come after it; the parameters
# What the keeper and the attached shell both need. Parameter: _shell, the command of a shell.

if command -v setsid >/dev/null; then _new_session="setsid $_shell" _group=-; else _new_session=$_shell _group=; fi

# File $1 of the spool says $2. A line is overwritten in place, without making the file shorter first: a page that is
# given back may be somebody else's a moment later.
_write() { printf '%-63s\n' "$2" 1<>"$_spool/$1"; }
