# shellcheck shell=sh disable=SC2086
# The checks of tasks.yml as one script, as a person would write it by hand: what the floor runs on each host.
set -- $SSH_CONNECTION          # its third word is the address that this host goes by
root=@LAB@/$3
for d in bin etc models logs cache run; do [ "$(stat -c %a "$root/$d" 2>/dev/null)" = 750 ] || { mkdir -p "$root/$d"; chmod 750 "$root/$d"; }; done
for f in 1 2 3 4 5 6 7 8; do
  [ "$(sha256sum <"$root/etc/app$f.conf" 2>/dev/null)$(stat -c %a "$root/etc/app$f.conf" 2>/dev/null)" = "$(printf 'option %s\nworkers 4\n' "$f" | sha256sum)640" ] ||
    { printf 'option %s\nworkers 4\n' "$f" >"$root/etc/app$f.conf"; chmod 640 "$root/etc/app$f.conf"; }
done
for f in 1 2 3; do [ "$(readlink "$root/run/link$f")" = "$root/etc/app$f.conf" ] || ln -sfn "$root/etc/app$f.conf" "$root/run/link$f"; done
stat "$root/etc/app1.conf" >/dev/null
[ -e "$root/models/done" ] || touch "$root/models/done"
cat "$root/etc/app1.conf" >/dev/null
