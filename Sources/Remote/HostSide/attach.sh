# shellcheck shell=sh
# shellcheck disable=SC2154 # the parameters
# shellcheck disable=SC3013 # dash, bash and busybox ash have -nt
# shellcheck disable=SC2317 # the controller calls them
# The part of a session that stands at a channel's end: it hands calls to the keeper, and reads the spool.
#
# A call is one command, `_hand_over _call 7 proof '…script…'`, whose script the shell's own parser takes in whole
# blocks. Since it is a quoted word, one that the link cut is never run. After the greeting nothing writes to the channel
# but two tails, so that every byte has a place in the spool, and the controller can say from where to go on.
#
# These functions go over the channel once, and stay in the spool: who comes back says little (find.sh), so a link that
# breaks often is enough.
#
# Parameters: _marker; _word, what the keeper listens to; _session, the name of the spool; _attachment, which names this
# attachment; _owner, which names the process that drives the session, as two never do at once; _from1 and _from2, where
# to read on: segment and byte, from 1, or nothing for all that is still there. For a new session also: _run and _holder
# of the host's lock (may be empty), and texts for files of the spool: _common (common.sh), _functions (this one and
# places.sh), _prelude, _keeper.

# KiB that a place should have free: the most that a session keeps of its calls. A place with less (2 MiB at least) is
# taken when all have.
_enough=65536
_newline='
'

# What the controller's commands call.

# Takes input from the channel in counted chunks: N, newline, N bytes; 0 ends, -1 aborts (status 1). The link's end gives
# 2. Commands of one line may come in between.
_receive() {
  _failed=0
  while read -r _line || return 2; do
    case $_line in
    0 | -1) break ;;
    _*) eval "$_line" ;;
    *)
      _show
      dd bs="$_line" count=1 iflag=fullblock 2>/dev/null || _failed=1
      ;;
    esac
  done
  [ "$_line$_failed" = 00 ]
}

# Command: hands a call to the keeper: its function $1, number $2, proof $3, script $4, what its input is $5, and perhaps
# the input $6 as a word for printf %b.
_hand_over() {
  _show
  if printf '%s\n' "$4" >"$_spool/c$_attachment" && { [ -z "$6" ] || printf %b "$6" >"$_spool/s$_attachment"; }; then
    _tell "$1" "$2" "$_attachment" "$3" "$5"
  else
    _tell _no_room "$2" "$_attachment" "$3"
    return 1
  fi
}

# Command: the same with input from the channel, which counts only when it is there whole. The keeper's frame says that
# we are ready.
_hand_over_with_input() {
  _tell _ready "$2" "$_attachment"
  _receive >"$_spool/s$_attachment"
  case $? in
  0) _hand_over "$1" "$2" "$3" "$4" s ;;
  1) _tell _no_room "$2" "$_attachment" "$3" ;;
  *) exit ;;
  esac
}

# Command: the same with input that goes through while the call runs.
_hand_over_and_pass() {
  rm -f "$_spool/u$_attachment"
  mkfifo "$_spool/u$_attachment" || {
    _tell _no_room "$2" "$_attachment" "$3"
    return
  }
  exec 7<>"$_spool/u$_attachment"
  ! _hand_over "$1" "$2" "$3" "$4" u || _receive >&7
  exec 7>&-
  rm -f "$_spool/u$_attachment"
}

# Command: any other one for the keeper.
_order() {
  _show
  _tell "$@"
}

# Reads as below, without GNU's tail. It ends between two looks: a cat that it left behind would read what comes later.
_look_often() {
  trap exit TERM
  exec 7<"$_spool/$1.$2"
  [ "$3" = 1 ] || dd bs=$(($3 - 1)) count=1 iflag=fullblock <&7 >/dev/null
  _looks=0 _short=0.02
  while kill -0 $$; do
    cat <&7
    if [ "$_spool/l" -nt "$_spool/m$1" ]; then
      _looks=0
      true >"$_spool/m$1"
    fi
    if [ $_looks -lt 100 ]; then
      _looks=$((_looks + 1)) _pause=$_short
    else
      _pause=1
    fi
    sleep "$_pause" >/dev/null 7>&- &
    # Some take whole seconds only.
    wait $! || _short=1
  done
}

# Reads segment $2 of stream $1 from byte $3 on, as it grows, in the place of what has read the stream before. GNU's tail
# waits for what comes, and looks twenty times a second only where the system has no inotify left. Without it we look
# often while there is something to come.
_follow() {
  if [ "$1" = 1 ]; then
    _old_tail=$_tail1
    exec 6>&4
  else
    _old_tail=$_tail2
    exec 6>&5
  fi
  if [ -n "$_old_tail" ]; then
    kill "$_old_tail"
    wait "$_old_tail"
  fi
  if [ -z "$_no_tail" ]; then
    tail -s 0.05 -c "+$3" -f "$_spool/$1.$2" >&6 4>&- 5>&- 6>&- 7>&- 8>&- &
  else
    _look_often "$1" "$2" "$3" >&6 4>&- 5>&- 6>&- 8>&- &
  fi
  if [ "$1" = 1 ]; then _tail1=$!; else _tail2=$!; fi
  exec 6>&-
}

# Waits for the keeper's end, says what the keeper has said of that, and ends us.
_wait_for_end() {
  exec 6<"$_spool/v" 5>&- 7>&- 8>&-
  _reason=
  ! read -r _reason <&6 || echo "${_marker}z $_reason" >&4
  kill $$
}

# Command: reads both streams, each from a segment and a byte of it. Who does that ends when we do, since the channel is
# open for as long as it is there: it takes what to read from a FIFO that only we hold open.
_read_on() {
  [ -z "$_reader" ] || return 0
  # Opened both ways, so that nobody has to wait for the other end.
  exec 8<>"$_spool/v"
  exec 3<>"$_spool/w$_attachment"
  (
    exec 7<"$_spool/w$_attachment" 3>&-
    _tail1='' _tail2='' _guard=
    while read -r _stream _segment _byte <&7; do
      case $_byte in
      gap) printf '%s\n' "${_marker}x" "${_marker}s $_segment" >"$_spool/$_stream.$_segment" ;;
      *) _follow "$_stream" "$_segment" "$_byte" ;;
      esac
      if [ -z "$_guard" ] && [ "$_stream" = 2 ]; then
        _wait_for_end &
        _guard=$!
        exec 8>&-
      fi
    done
    kill $_tail1 $_tail2 $_guard
    wait $_tail1 $_tail2
  ) </dev/null &
  _reader=$!
  exec 8>&-
  echo "1 $1 $2" >&3
  echo "2 $3 $4" >&3
}

# Command: the session rests, and all of both streams has been received: nothing reads them any more.
_stop_reading() {
  [ -n "$_reader" ] || return 0
  exec 3>&-
  wait "$_reader"
  _reader=
}

# Command: stream $1 has been read up to segment $2: on with that one.
_follow_next() {
  _show
  _write "r$1" "$2"
  echo "$1 $2 1" >&3
}

# Command: segments before $2 of stream $1 are done with; its beginning belongs to call $3.
_forget() {
  _write "f$1" "$2 $3"
  _segment=$(($2 - 1))
  while [ $_segment -ge 0 ] && [ -e "$_spool/$1.$_segment" ]; do
    rm -f "$_spool/$1.$_segment"
    _segment=$((_segment - 1))
  done
}

# Command: what segment $2 of stream $1 held is received, and is a gap for whoever comes later. The reader does that when
# nothing reads the segment any more: a tail would take what is shorter for new.
_leave_out() { echo "$1 $2 gap" >&3; }

# Command: ends the session, and says so: by then nobody else writes to the channel.
_quit() {
  # First: the keeper's end would end us.
  _stop_reading
  _tell _end
  echo "${_marker}q" >&4
  exit
}

# Command: ends the keeper and what it runs, when it does not listen any more.
_kill_keeper() {
  _stop_reading
  _group_id=
  ! read -r _group_call _group_id _group_again <"$_spool/g" || [ -z "$_group_id" ] ||
    [ "$_group_id" != "$_group_again" ] || kill -KILL "$_group$_group_id"
  kill -KILL "$_group$_keeper_id"
  _lock_path=
  read -r _lock_path <"$_spool/y"
  rm -rf "$_spool" ${_lock_path:+"$_lock_path"} || rm -rf "$_spool"
  exit
}

# Beginning and coming back.

# Says why there is no session, and ends.
_refuse() {
  echo "${_marker}z $*"
  echo "${_marker}g" >&2
  exit 0
}

# Finds the start time of process $1 ($_started), which tells it from a later one with its number; fails when it is gone.
_is_alive() {
  kill -0 "$1" 2>/dev/null || return
  _stat=
  { read -r _stat <"/proc/$1/stat"; } 2>/dev/null
  # What stands behind the name, which may hold spaces and brackets; its first word is the state.
  _stat=${_stat##*") "}
  [ "${_stat%% *}" != Z ] || return
  # shellcheck disable=SC2086
  set -- $_stat
  _started=${20}
}

# The spool, if it is ours and there.
_find_spool() {
  eval "set -- $_places"
  for _place; do
    _spool=$_place/comfyfleet-$_session
    [ -z "$_place" ] || [ ! -O "$_spool" ] || return 0
  done
  return 1
}

# KiB that are free in folder $1; as many as are asked for where nothing tells, none on another machine's disk: hosts may
# share that.
_find_room() {
  _free=$_enough
  _table=$(df -Pk "$1" 2>/dev/null) || return 0
  # shellcheck disable=SC2086
  set -- ${_table#*"$_newline"}
  [ -z "$4" ] || _free=$4
  case $1 in *:* | //*) _free=0 ;; esac
}

# Whether what stands in a lock or a p after its process, start/boot/host, is of another machine: booted another time,
# and called otherwise. Where a home folder is on a disk that machines share, one can't see whether the other's processes
# live, and leaves its files alone.
_is_elsewhere() {
  case $1 in
  */*/*)
    _machine=${1#*/}
    [ "${_machine%%/*}" != "$_boot" ] && [ "${_machine#*/}" != "$_host" ]
    ;;
  *) return 1 ;;
  esac
}

# Where logging out ends a user's processes, what starts one that stays, if there is something.
_find_scope() {
  [ -d /run/systemd/system ] || return
  _cgroups=
  { while read -r _line; do _cgroups=$_cgroups$_line; done </proc/self/cgroup; } 2>/dev/null
  case $_cgroups in *session-*.scope*) ;; *) return ;; esac
  grep -qsEi '^[[:space:]]*KillUserProcesses[[:space:]]*=[[:space:]]*(yes|true|on|1)' /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf /usr/lib/systemd/logind.conf.d/*.conf || return
  if [ "$_uid" = 0 ]; then
    _scope='systemd-run --scope --quiet --collect'
  elif [ -e "/var/lib/systemd/linger/$_user" ]; then
    _scope='systemd-run --user --scope --quiet --collect'
  fi
  [ -z "$_scope" ] || ! $_scope true </dev/null >/dev/null 2>&1 || return
  _scope='' _kind=${_kind}k
}

# Whether another run holds the host by lock file $1; says in $_why who does, and removes what nobody holds. A lock whose
# keeper is gone is nobody's; an empty one is being written, or nobody's when it stays so. The file of another user, or a
# link, is none of ours, and can't be made. Status 2: the lock is another machine's, which neither holds this one nor is
# removed.
_is_held() {
  for _attempt in 1 2 3 4 5 6; do
    [ -e "$1" ] || return
    if [ ! -O "$1" ] || [ -L "$1" ]; then
      _why="$1, a file of another user's"
      return 0
    fi
    _lock_run='' _lock_process='' _lock_since='' _why=
    { read -r _lock_run _lock_process _lock_since _why <"$1"; } 2>/dev/null
    ! _is_elsewhere "$_lock_since" || return 2
    [ -z "$_run" ] || [ "$_lock_run" != "$_run" ] || return
    if [ -z "$_lock_process" ]; then
      [ $_attempt -ge 5 ] || {
        sleep 0.1 || sleep 1
        continue
      }
    elif _is_alive "$_lock_process" && [ "$_started" = "${_lock_since%%/*}" ]; then
      return 0
    fi
    # Somebody else may have done the same, and made a new one: what was moved away is looked at.
    mv "$1" "$1.$$" 2>/dev/null || return 0
    _lock_run=
    read -r _lock_run _moved_process _rest <"$1.$$"
    if [ "$_moved_process" = "$_lock_process" ]; then rm -f "$1.$$"; else mv "$1.$$" "$1"; fi
  done
  _why=${_why:-$1}
  return 0
}

# Whether another run holds the host by a lock in a place other than the spool's.
_is_held_elsewhere() {
  eval "set -- $_places"
  for _lock_place; do
    [ -z "$_lock_place" ] || [ "$_lock_place" = "${_spool%/*}" ] || ! _is_held "$_lock_place/$_lock_name" || return 0
  done
  return 1
}

# Holds the host for the run (status 1: another one does, 2: there is no room for the file). Where one place is full the
# lock is in another: all are looked at, once more when ours is made, so that of two who come at once at most one gets
# the host.
_lock_host() {
  _lock=
  [ -n "$_run" ] || return 0
  _is_alive $$
  _own_start=$_started _failures=0
  # The user and the home folder, with - in place of /.
  IFS=/
  set -f
  # shellcheck disable=SC2086
  set -- $HOME
  IFS=-
  _lock_name=comfyfleet-lock-$_uid"$*"
  unset IFS
  set +f
  ! _is_held_elsewhere || return 1
  _lock=${_spool%/*}/$_lock_name
  until (
    set -C
    true >"$_lock"
  ) 2>/dev/null; do
    [ -e "$_lock" ] || {
      _failures=$((_failures + 1))
      [ $_failures -lt 3 ] || {
        _lock=
        return 2
      }
      continue
    }
    _is_held "$_lock"
    case $? in
    0)
      _lock=
      return 1
      ;;
    2)
      _seen="$_seen, but $_lock is the lock of another machine" _lock=
      return 2
      ;;
    esac
    [ "$_lock_run" != "$_run" ] || {
      _lock=
      return 0
    }
  done
  { echo "$_run $$ $_own_start/$_boot/$_host $_holder" >"$_lock"; } 2>/dev/null || {
    rm -f "$_lock"
    _lock=
    return 2
  }
  ! _is_held_elsewhere || {
    rm -f "$_lock"
    _lock=
    return 1
  }
}

# The spool's files.
_make_files() {
  mkfifo -m 600 "$_spool/i" "$_spool/o" "$_spool/e" "$_spool/v" "$_spool/w$_attachment" &&
    printf '%s\n' "$_common" "$_functions" "_spool_kind=$_kind" >"$_spool/x" &&
    printf '%s\n' "$_prelude" >"$_spool/P" &&
    printf '%s\n' "_spool='$_spool' _free=$_free" "$_common" "$_keeper" >"$_spool/k" &&
    _write f1 '0 1' && _write f2 '0 1' && _write r1 0 && _write r2 0 && _write p - && _write a - && _write g - && _show &&
    echo "$_lock" >"$_spool/y" || return
  for _file in f1 f2 r1 r2 p a g l; do [ -s "$_spool/$_file" ] || return; done
  for _file in 1.0 2.0 t; do true >"$_spool/$_file"; done
}

# The spool in the first place that has room, the lock beside it, and the keeper. Where that was done already, by an
# attempt whose link was lost, it is used.
_begin() {
  if _find_spool; then
    _come_back
    return
  fi
  eval "set -- $_places"
  for _needed in $_enough 2048; do
    _seen=
    for _folder; do
      if [ -z "$_folder" ] || [ ! -d "$_folder" ] || [ ! -w "$_folder" ]; then continue; fi
      [ "$_folder" != "$XDG_RUNTIME_DIR" ] || [ -e "/var/lib/systemd/linger/$_user" ] || continue
      _find_room "$_folder"
      _seen="$_seen${_seen:+, }$_folder has $_free KiB"
      [ "$_free" -ge "$_needed" ] || continue
      _spool=$_folder/comfyfleet-$_session
      mkdir -m 700 "$_spool" 2>/dev/null || continue
      case $_folder in /dev/shm | "$XDG_RUNTIME_DIR") _kind=m ;; *) _kind=d ;; esac
      _lock_host
      case $? in
      0) ;;
      1)
        rmdir "$_spool"
        _refuse locked "$_why"
        ;;
      *)
        rmdir "$_spool"
        continue
        ;;
      esac
      { _make_files; } 2>/dev/null && break 2
      rm -rf "$_spool" ${_lock:+"$_lock"}
    done
    _spool=
  done
  [ -n "$_spool" ] || _refuse spool "$_seen"
  # Held until the keeper has it: what stands in a FIFO that nobody holds is lost.
  exec 3<>"$_spool/i"
  exec 6<"$_spool/i"
  echo "$_word" >&3
  _find_scope
  exec 8<>"$_spool/v"
  # shellcheck disable=SC2086
  $_scope $_new_session "$_spool/k" <&6 3>&- 6>&- >/dev/null 2>&1 &
  _keeper_id=$!
  exec 3>&- 6>&-
  _is_alive $_keeper_id
  _write p "$_keeper_id $_started/$_boot/$_host"
  [ -z "$_lock" ] || printf '%s\n' "$_run $_keeper_id $_started/$_boot/$_host $_holder" 1<>"$_lock"
  _is_alive $$
  _write a "$$ $_started $_owner"
  _from1='0 1' _from2='0 1'
}

# The spool that is there: takes the place of an attachment before, if it is the same process's.
_come_back() {
  _find_spool || _refuse gone "$_boot" "$_uptime"
  _keeper_id='' _since=
  { read -r _keeper_id _since <"$_spool/p"; } 2>/dev/null
  ! _is_elsewhere "$_since" || _refuse gone "$_boot" "$_uptime"
  if [ -z "$_keeper_id" ] || [ "$_keeper_id" = - ] || ! _is_alive "$_keeper_id" || [ "$_started" != "${_since%%/*}" ]; then
    rm -rf "$_spool"
    _refuse gone "$_boot" "$_uptime"
  fi
  _attached_process=
  { read -r _attached_process _since _attached_owner <"$_spool/a"; } 2>/dev/null
  [ -n "$_attached_process" ] || _refuse driven
  if [ "$_attached_process" = - ]; then
    :
  elif ! _is_alive "$_attached_process"; then
    # What it has started may still be there, in its process group, whose number no other process has meanwhile.
    [ -z "$_group" ] || kill -KILL "-$_attached_process" 2>/dev/null
  elif [ "$_started" = "$_since" ]; then
    [ "$_attached_owner" = "$_owner" ] || _is_silent || _refuse driven
    kill -KILL "$_group$_attached_process" 2>/dev/null || kill -KILL "$_attached_process"
  fi
  _is_alive $$
  _write a "$$ $_started $_owner"
  _show
  _kind=${_spool_kind:-m}
  if [ -n "$_from1" ]; then
    _first_byte=
  else
    read -r _from1 <"$_spool/f1"
    read -r _from2 <"$_spool/f2"
  fi
  # Of those before: one that is left where there is no room for another.
  set -- "$_spool"/w*
  mkfifo -m 600 "$_spool/w$_attachment" 2>/dev/null || mv "$1" "$_spool/w$_attachment"
  rm -f "$@"
}

# What the greeting tells of the host; reading files costs less than processes that say the same.
_find_facts() {
  _kind=m _scope='' _no_tail='' _reader='' _first_byte=1
  { read -r _boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || _boot=-
  { read -r _system </proc/sys/kernel/ostype; } 2>/dev/null || _system=$(uname -s)
  { read -r _release </proc/sys/kernel/osrelease; } 2>/dev/null || _release=$(uname -r)
  { read -r _arch </proc/sys/kernel/arch; } 2>/dev/null || _arch=$(uname -m)
  { read -r _host </proc/sys/kernel/hostname; } 2>/dev/null || _host=$(uname -n)
  _uid=
  { while read -r _key _uid _rest; do [ "$_key" != Uid: ] || break; done </proc/self/status; } 2>/dev/null
  [ -n "$_uid" ] || _uid=$(id -u)
  _user=${LOGNAME:-$USER}
  [ -n "$_user" ] || _user=$(id -un)
  _uptime=
  { read -r _uptime _rest </proc/uptime; } 2>/dev/null
}

# The greeting on both streams, which tells where the login shell's own noise ends, and the reading from there on.
_start() {
  _tell _attached "$_attachment"
  echo "${_marker}g $_from1 $_from2 ${_kind}r ${_group:-0} $_boot $_system $_release $_arch $_host $_uid $_user $SHELL"
  echo "${_marker}g" >&2
  exec 4>&1 5>&2 >/dev/null 2>&1
  tail --pid=$$ -c +1 /dev/null || _no_tail=1
  _read_on "${_from1% *}" "${_first_byte:-${_from1#* }}" "${_from2% *}" "${_first_byte:-${_from2#* }}"
  trap 'read -r _attached_process _rest <"$_spool/a" && [ "$_attached_process" = $$ ] && _write a -' EXIT
}
