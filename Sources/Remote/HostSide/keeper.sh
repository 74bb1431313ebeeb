# shellcheck shell=sh
# shellcheck disable=SC2154 # the parameters
# shellcheck disable=SC3013 # dash, bash and busybox ash have -nt
# shellcheck disable=SC2030,SC2031 # what a subshell finds is its own
# shellcheck disable=SC2317 # the commands are called by their names
# The part of a session that outlives its link: the keeper, what it starts, and the spool that they share.
#
# The keeper is a shell away from every terminal (setsid) that reads commands, one short line each, from a FIFO of its
# spool. A line is written at once or not at all, so half a command never arrives; scripts and input lie in files of the
# spool before their line comes. A line names one of the keeper's own commands and is never evaluated, and begins with a
# word that is in no file (the first line tells it): a call runs as the same user, and may write to the FIFO, too. Its
# output goes through pipes to two spoolers, which append it to segments of files. So a call that prints more than
# anybody takes away waits, as on a pipe, as long as somebody is attached; with nobody there the middle of what it prints
# is left out, with a mark. And what a call left behind loses its output with the session, as it would with a terminal.
#
# The spool (0700, in memory where there is such a place):
#
#   i o e v      FIFOs: commands, the keeper's two streams, and one that ends when the keeper does
#   k x P        the functions of the keeper, of who attaches, of the modules
#   p a          who keeps it and who is attached: process, its start time (of the keeper with the boot and the host),
#                owner; - with nobody there
#   c… s…        script and input of the call that runs, by attachment; emptied when it has ended
#   u…           FIFO of the input that goes through while its call runs
#   g            the process group that runs: the call's number, the group's twice; - when there is none
#   l t          when the controller has shown itself last, in seconds since the boot; touched at each tick
#   w…           FIFO that ends when the attached shell does, by attachment
#   d1 d2        the process that reads what was left behind when the session last went to rest
#   1.N 2.N      segments of standard output and error
#   f1 f2        first segment that is still there, and the call that its beginning belongs to
#   r1 r2        the segment that is being read
#   y            the path of the host's lock, if this session holds it
#
# p a g f… r… are made with the spool, while there is room, and from then on only overwritten in place, a line of 64
# bytes or more each: that needs no room, so none of them is empty because the place is full. Where one is empty all the
# same, what it would say is not known, and nothing is taken for granted.
#
# What ends a call is reported with a proof (EndProof.swift), which comes with the call's line and stands nowhere else
# before the end: neither in a file nor in the environment, the arguments or the variables of what the call runs. So a
# call can't say its own end. That is all that the word and the proof are for: the FIFO is no secret from other processes
# of the same user. One that an earlier call left behind, or that was there before, can read the lines of the calls to
# come, with the word and their proofs, from the FIFO or from a shell's memory, and then be the keeper to the controller
# and the controller to the keeper.
#
# Parameters: _spool; _free, KiB that its place has; _marker; _tick, seconds between two looks; _grace, ticks that an
# idle session lives with nobody attached; _abandon, ticks after which a call that runs with nobody attached is ended
# (empty: never).
#
# A session that nothing is asked of rests: then there are the attached shell, the keeper, and its clock. Spoolers and
# readers come back with the next call.
#
# Variables: _last, the last number that was begun; _last_end, the last one that ended, its status and proof; _running,
# the one that runs in the background, and _running_proof; _attachment, the one that is listened to.

# The process group that runs (call $_group_call, group $_group_id); fails where there is none or it is not known, also
# where the file changes while it is read.
_running_group() {
  _group_id=
  { read -r _group_call _group_id _group_again <"$_spool/g"; } 2>/dev/null && [ -n "$_group_id" ] &&
    [ "$_group_id" = "$_group_again" ]
}

# Whether somebody is attached; whoever may be there is waited for.
_is_attached() {
  _attached_process=
  { read -r _attached_process _rest <"$_spool/a"; } 2>/dev/null
  [ "$_attached_process" != - ] && ! _is_silent
}

# Removes spool and lock; who still reads the spool may put a file back while it goes.
_remove_spool() {
  _lock_path=
  read -r _lock_path <"$_spool/y"
  for _attempt in 1 2 3 4 5; do
    rm -rf "$_spool" ${_lock_path:+"$_lock_path"}
    [ -d "$_spool" ] || break
    sleep 1
  done
}

# Takes call $1 of attachment $2, if it is the next one, comes from where it may, and no other one runs.
_accept() { [ "$2" = "$_attachment" ] && [ "$1" = $((_last + 1)) ] && [ -z "$_running" ] && _last=$1; }

# The end of call $1 of attachment $2 on both streams, with its status $3 and its proof $4. The next one may come at
# once, so what it wants to use is empty by then. A write fails only where a call has left the stream non-blocking: tried
# again.
_report_end() {
  true >"$_spool/c$2"
  true >"$_spool/s$2"
  _show
  until echo "${_marker}e $1 $3 $4"; do sleep 1; done
  until echo "${_marker}e $1 $4" >&2; do sleep 1; done
}

# Command: call $1 of attachment $2, with proof $3, in a subshell that the keeper waits for: one fork. $4 says what its
# input is: s the spooled file, u a FIFO that the attached shell fills, nothing at all. That one is opened in a way that
# never waits and ends when the attached shell does; what the call leaves unread is read away.
_call() {
  _accept "$1" "$2" || return 0
  # shellcheck disable=SC1090
  case $4 in
  u)
    (
      # shellcheck disable=SC2094 # a FIFO
      exec 7<>"$_spool/u$2" 8<"$_spool/u$2" 7>&-
      echo "${_marker}r $1 $2"
      (
        unset _marker _word _said _proof
        . "$_spool/c$2"
      ) <&8 8<&-
      _status=$?
      cat <&8 >/dev/null
      exit $_status
    ) </dev/null
    ;;
  s) (
    unset _marker _word _said _proof
    . "$_spool/c$2"
  ) <"$_spool/s$2" 8>&- ;;
  *) (
    unset _marker _word _said _proof
    . "$_spool/c$2"
  ) </dev/null 8>&- ;;
  esac
  _status=$?
  _report_end "$1" "$2" $_status "$3"
  _last_end="$1 $_status $3"
}

# Command: the same in a session and process group of its own, by a new shell; the keeper goes on reading commands. Who
# is notified of its end first is the keeper, so that the next call finds it ready.
_call_in_group() {
  _accept "$1" "$2" || return 0
  _running=$1 _running_proof=$3
  {
    exec 8>&-
    {
      _input=/dev/null
      [ "$4" != s ] || _input=$_spool/s$2
      # shellcheck disable=SC2016 # the new shell's arguments
      exec <"$_input" $_new_session -c '. "$1/P"; . "$1/$2"' sh "$_spool" "c$2"
    } &
    _group_id=$!
    _write g "$1 $_group_id $_group_id"
    echo "${_marker}b $1 $_group_id"
    wait $_group_id 2>/dev/null
    _status=$?
    _write g -
    _show
    _tell _has_ended "$1" $_status "$3"
    _report_end "$1" "$2" $_status "$3"
  } </dev/null &
}

# Command, of the above: call $1 has ended with status $2; its proof is $3.
_has_ended() { [ "$_running $_running_proof" != "$1 $3" ] || _running='' _running_proof='' _last_end="$*"; }

# Command: call $1 of attachment $2, whose script or input found no room in the spool; $3 is its proof.
_no_room() {
  _accept "$1" "$2" || return 0
  echo "comfyfleet: ${_spool%/*}: no space left on device for the call's script or input" >&2
  _report_end "$1" "$2" 125 "$3"
  _last_end="$1 125 $3"
}

# Command: attachment $2 is ready to take the input of call $1.
_ready() { [ "$2" != "$_attachment" ] || echo "${_marker}r $1 $2"; }

# Command: TERM to process group $2 of call $1, KILL after $3 tenths of a second; says when none of it is left. The
# group's first process may not have made it yet.
_kill_group() {
  {
    exec 8>&-
    kill -TERM "$2"
    kill -TERM "$_group$2"
    kill -CONT "$_group$2"
    _waited=0
    while kill -0 "$_group$2" && [ $_waited -lt "$3" ]; do
      sleep 0.1 || {
        sleep 1
        _waited=$((_waited + 9))
      }
      _waited=$((_waited + 1))
    done
    kill -KILL "$_group$2"
    _waited=0
    while kill -0 "$_group$2" && [ $_waited -lt 20 ]; do
      sleep 0.1 || sleep 1
      _waited=$((_waited + 1))
    done
    echo "${_marker}k $1"
  } 2>/dev/null </dev/null &
}

# Command: attachment $1 is there; commands of others are dropped from here on.
_attached() {
  _attachment=$1
  echo "${_marker}h $1 $_last $_last_end"
}

# Command: the session ends, with what it runs.
_end() {
  if _running_group; then kill -KILL "$_group$_group_id"; fi
  exit
}

# A spooler of stream $1, whose pipe is descriptor 5. dd counts reads, so what comes goes on at once, and none reads
# ahead of the next. A read that can't be written (a full disk) is a gap. $_batch reads are a batch, and a segment is
# closed when a batch has brought it to $_segment_size bytes. At the pipe's end it also tidies up after a keeper that was
# killed.
_spooler() {
  exec 8>&-
  _own_stream=$1 _dd=
  # KILL, since a process that has only just begun would take another signal for its shell's, and drop it.
  trap 'kill -KILL $_dd; exit' TERM
  trap _let_drain USR1
  _find_last_segment "$1"
  _size=0
  [ ! -s "$_spool/$1.$_segment" ] || _size=$(($(wc -c <"$_spool/$1.$_segment")))
  while [ -d "$_spool" ]; do
    dd bs=32768 count=$_batch <&5 >>"$_spool/$1.$_segment" &
    _dd=$!
    wait $_dd || _append_mark "${_marker}x" "$_spool/$1.$_segment"
    _bytes=$(wc -c <"$_spool/$1.$_segment") || exit
    if [ $((_bytes)) -le $_size ]; then
      kill -0 $$ || _remove_spool
      exit
    fi
    _size=$((_bytes))
    [ $_size -ge $_segment_size ] || continue
    true >"$_spool/$1.$((_segment + 1))"
    _append_mark "${_marker}s $_segment" "$_spool/$1.$_segment"
    _segment=$((_segment + 1)) _size=0
    while [ -d "$_spool" ]; do
      _read=
      read -r _read <"$_spool/r$1"
      [ $((_segment - ${_read:-0})) -gt 3 ] || break
      if _is_attached; then
        sleep 0.1 || sleep 1
      else
        printf '%s\n' "${_marker}x" "${_marker}s $((_segment - 2))" >"$_spool/$1.$((_segment - 2))"
        break
      fi
    done
  done
}

# Appends mark $1 to file $2, and waits for room for it: for ten seconds where somebody is there, else for ten minutes.
_append_mark() {
  _waited=0
  until echo "$1" >>"$2" || [ ! -d "$_spool" ]; do
    if _is_attached; then _waited=$((_waited + 60)); else _waited=$((_waited + 1)); fi
    [ $_waited -lt 600 ] || _give_up
    sleep 1
  done
}

# There is no room any more: who is attached is notified (by v), and the session ends.
_give_up() {
  trap - TERM
  echo "full ${_spool%/*}" >"$_spool/v"
  sleep 2
  ! _running_group || kill -KILL "$_group$_group_id"
  _remove_spool
  kill -KILL "$_group$$"
  exit
}

# The last segment of stream $1.
_find_last_segment() {
  _segment=
  { read -r _segment _rest <"$_spool/f$1"; } 2>/dev/null
  _segment=${_segment:-0}
  while [ -e "$_spool/$1.$((_segment + 1))" ]; do _segment=$((_segment + 1)); done
}

# Of a spooler: what a process that a call left behind prints from now on is read, and dropped.
_let_drain() {
  kill -KILL "$_dd"
  wait "$_dd"
  cat <&5 >/dev/null &
  echo $! >"$_spool/d$_own_stream"
  exit
}

# The keeper's stream $1, $2 being its FIFO, and the spooler that reads it. What is opened both ways first makes that no
# open has to wait: a signal would end busybox's shell there.
_open_stream() {
  # Where the one before may still be read, what is left behind prints into that. Another process that has got the
  # number of the one that read it costs a FIFO.
  _drain=
  { read -r _drain <"$_spool/d$1"; } 2>/dev/null
  if [ -n "$_drain" ] && kill -0 "$_drain" 2>/dev/null; then
    _drains="$_drains $_drain"
    { mkfifo -m 600 "$_spool/n" && mv -f "$_spool/n" "$_spool/$2"; } 2>/dev/null || kill "$_drain"
  fi
  exec 7<>"$_spool/$2"
  exec 5<"$_spool/$2"
  if [ "$1" = 1 ]; then exec >"$_spool/$2"; else exec 2>"$_spool/$2"; fi
  exec 7>&-
  _spooler "$1" </dev/null >/dev/null 2>&1 &
  exec 5<&-
}

_open_streams() {
  _open_stream 1 o
  _spooler1=$!
  _open_stream 2 e
  _spooler2=$!
}

# Command: attachment $1 wants nothing for now: the session rests, and says so as the last on both streams. All that
# calls have printed has been received.
_begin_rest() {
  [ "$1" = "$_attachment" ] && [ -z "$_running" ] || return 0
  if [ -n "$_spooler1" ]; then
    exec >/dev/null 2>&1
    kill -USR1 "$_spooler1" "$_spooler2"
    wait "$_spooler1" "$_spooler2"
    _spooler1='' _spooler2=
  fi
  for _stream in 1 2; do
    _find_last_segment $_stream
    printf '%s\n' "${_marker}i $1" >>"$_spool/$_stream.$_segment"
  done
}

# Starts the keeper's clock: when it has run down, the FIFO's last writer is gone, and the reading of commands ends.
_start_clock() {
  exec 9<>"$_spool/i"
  # shellcheck disable=SC2217 # it must not hold the FIFO's other end
  sleep "$_tick" </dev/null >/dev/null 2>&1 8>&- &
  _clock=$!
  exec 9>&-
}

# What is looked after at each tick.
_look_after() {
  [ -p "$_spool/i" ] || exit
  wait $_clock || sleep 1
  _start_clock
  if [ "$_spool/l" -nt "$_spool/t" ]; then _ticks=0; else _ticks=$((_ticks + 1)); fi
  true >"$_spool/t"
  ! _is_silent || _write a -
  if [ -n "$_abandon" ] && [ $_ticks -ge "$_abandon" ] && _running_group; then
    _kill_group "$_group_call" "$_group_id" 100
  fi
  [ $_ticks -lt "$_grace" ] || [ -n "$_running" ] || exit
}

exec 8<>"$_spool/v"
read -r _word
# shellcheck disable=SC1091
. "$_spool/P"
_last=0 _last_end='0 0 -' _running='' _running_proof='' _attachment=
# Where there is little room segments are small, so that what has been read makes room for what comes.
if [ "$_free" -lt 65536 ]; then _batch=$((_free / 1024)) _segment_size=$((_free * 32)); else _batch=128 _segment_size=2097152; fi
_start_clock
_ticks=0 _drains=
_open_streams

# A session that ends takes its spoolers with it, and what reads in their place: what would still come belongs to nobody.
_end_all() {
  exec >/dev/null 2>&1
  kill $_spooler1 $_spooler2 $_clock
  for _stream in 1 2; do
    _drain=
    read -r _drain <"$_spool/d$_stream"
    _drains="$_drains $_drain"
  done
  # What reads no FIFO is another process, which has got the number of one.
  for _drain in $_drains; do [ ! -p "/proc/$_drain/fd/0" ] || kill "$_drain"; done
  _remove_spool
}
trap _end_all EXIT
while :; do
  read -r _said _command _number _name _proof _input || {
    _look_after
    continue
  }
  [ "$_said" = "$_word" ] || continue
  case $_command in
  _call | _call_in_group | _no_room | _ready | _kill_group | _attached)
    [ -n "$_spooler1" ] || _open_streams
    $_command "$_number" "$_name" "$_proof" "$_input"
    ;;
  _has_ended | _begin_rest | _end) $_command "$_number" "$_name" "$_proof" ;;
  esac
done
