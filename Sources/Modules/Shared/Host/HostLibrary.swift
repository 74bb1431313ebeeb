/// Shell functions that the modules' scripts call. A session that defines them once (its prelude) saves sending them
/// with every call.
package enum HostLibrary {
    /// Works in dash, bash and busybox ash, with the tools of coreutils or busybox.
    ///
    /// What is printed together is written together: each write goes through several processes on its way
    /// (`docs/durable-session.md`).
    ///
    /// - `cf_stat PATH [GUESS]`: what is there, as one record (see `FileStatus`): a link's own status, its target, and
    ///   what it leads to. With a guess
    ///   where that is, the path that it leads to in the end is left out, and a right guess makes it one look for both.
    /// - `cf_same PATH SIZE SHA256`: whether the file that `cf_stat` saw last has this content (hashed only when the
    ///   size is right).
    /// - `cf_user NAME`, `cf_group NAME`: the id, when it is not the name of the file that `cf_stat` saw last.
    /// - `cf_umask`: the shell's umask.
    package static let script = #"""
        cf_format='%f %u %g %s %h %i %d %X %Y %Z|%U|%G|'
        cf_umask=$(umask)
        cf_stat() {
          cf_seen=
          if [ -L "$1" ]; then
            if [ -n "$2" ] && [ ! -L "$2" ] && [ "$1" -ef "$2" ]; then
              cf_t=$(stat -c "$cf_format" -- "$1" "$2"); cf_seen=${cf_t##*"|
        "}; printf 'link %s\nto %s\n' "${cf_t%%"|
        "*}|" "$cf_seen"
            elif [ -e "$1" ]; then
              cf_t=$(stat -c "$cf_format" -- "$1") cf_seen=$(stat -L -c "$cf_format" -- "$1"); printf 'link %s\nto %s\n' "$cf_t" "$cf_seen"
              [ -n "$2" ] || { printf 'real '; readlink -f -- "$1"; }
            else
              cf_seen=$(stat -c "$cf_format" -- "$1"); printf 'link %s\n' "$cf_seen"
              ! cf_t=$(readlink -f -- "$1") || printf 'real %s\n' "$cf_t"
            fi
            printf 'target '; readlink -n -- "$1"; printf '\000'
          elif [ -e "$1" ]; then
            cf_seen=$(stat -c "$cf_format" -- "$1"); printf 'is %s\n\000' "$cf_seen"
          else
            cf_up=$1
            while :; do
              case $cf_up in ?*/*) cf_up=${cf_up%/*} ;; /*) cf_up=/ ;; *) cf_up=. ;; esac
              if [ -e "$cf_up" ]; then
                if [ ! -d "$cf_up" ]; then printf 'notdir\n\000'; elif [ ! -x "$cf_up" ]; then printf 'denied\n\000'; else printf 'absent\n\000'; fi
                break
              fi
            done
          fi
        }
        cf_same() {
          cf_t=${cf_seen#* * * }
          if [ "${cf_t%% *}" = "$2" ] && cf_t=$(sha256sum <"$1") && [ "${cf_t%% *}" = "$3" ]; then printf 'same\000'; else printf 'other\000'; fi
        }
        cf_names() { cf_t=${cf_seen#*"|"}; cf_u=${cf_t%%"|"*}; cf_t=${cf_t#*"|"}; cf_g=${cf_t%"|"}; }
        cf_user() {
          cf_names
          if [ "$1" = "$cf_u" ]; then echo =; else id -u "$1" 2>/dev/null || echo none; fi
          printf '\000'
        }
        cf_group() {
          cf_names
          if [ "$1" = "$cf_g" ]; then echo =
          else { getent group "$1" || grep "^$1:" /etc/group; } 2>/dev/null | { IFS=: read -r cf_a cf_b cf_id cf_c; echo "${cf_id:-none}"; }
          fi
          printf '\000'
        }

        """#
}
