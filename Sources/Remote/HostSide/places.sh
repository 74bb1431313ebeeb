# shellcheck shell=sh
# shellcheck disable=SC2016,SC2034 # for eval, of the scripts that come after it
# Words for `eval`: where a spool may be. What is in memory comes first. A user's runtime folder goes with that user's
# last login, so it is none for those who don't linger.
_places='/dev/shm "$XDG_RUNTIME_DIR" "${TMPDIR:-/tmp}" /tmp /var/tmp "$HOME"'
