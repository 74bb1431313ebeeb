# shellcheck shell=sh
# shellcheck disable=SC2154 # the parameter
# Ends what was started over an SSH connection, run on another channel of it: its processes know the connection by their
# environment, so commands that run in peace cost nothing. Needs /proc; what another identity owns (a command's own
# sudo) is left. Prints `left` and a number of process groups when some are still there at the end.
#
# Parameter: _tenths, the time between TERM and KILL in tenths of a second.

if [ -z "$SSH_CONNECTION" ] || [ ! -r /proc/$$/stat ]; then
  echo left
  exit
fi

# The process group of process $1.
_group_of() {
  { read -r _stat <"/proc/$1/stat"; } 2>/dev/null || return
  # What stands behind the name, which may hold spaces and brackets: state, parent, group.
  _stat=${_stat##*") "}
  # shellcheck disable=SC2086
  set -- $_stat
  _found_group=$3
}

_group_of $$
_own_group=$_found_group _groups=
# shellcheck disable=SC2013 # paths of /proc have no spaces
for _path in $(grep -lsF "SSH_CONNECTION=$SSH_CONNECTION" /proc/[0-9]*/environ); do
  _path=${_path#/proc/}
  _group_of "${_path%/environ}" || continue
  case " $_own_group $_groups " in
  *" $_found_group "*) ;;
  *) _groups="$_groups $_found_group" ;;
  esac
done

_any_alive() {
  for _each in $_groups; do kill -0 "-$_each" && return; done
  return 1
}

for _each in $_groups; do
  kill -TERM "-$_each"
  kill -CONT "-$_each"
done 2>/dev/null
_waited=0
while _any_alive && [ $_waited -lt "$_tenths" ]; do
  # A sleep that takes whole seconds only has slept ten tenths.
  sleep 0.1 || {
    sleep 1
    _waited=$((_waited + 9))
  }
  _waited=$((_waited + 1))
done 2>/dev/null
_left=0
for _each in $_groups; do
  kill -KILL "-$_each" || [ ! -d "/proc/$_each" ] || _left=$((_left + 1))
done 2>/dev/null
[ $_left = 0 ] || echo left $_left
