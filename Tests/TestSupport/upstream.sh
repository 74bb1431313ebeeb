#!/usr/bin/env bash
# Stands in for the internet, for the tests of the installers: makes archives, git repositories and wheels of the programs in Fixtures/upstream, and
# serves them until standard input ends.
#   upstream.sh FOLDER HTTP-PORT GIT-PORT [DISTRIBUTION ...]     with NVIDIA's packages for these (see nvidia.sh)
# Prints `ready` when both servers answer. Applications have the releases 1.0, 1.1 and 1.2-broken. Needs git and busybox.
set -euo pipefail
folder=$1 http_port=$2 git_port=$3
http=http://127.0.0.1:$http_port git=git://127.0.0.1:$git_port
source=$(dirname "$(readlink -f "$0")")/../Fixtures/upstream
www=$folder/www
mkdir -p "$www" "$folder/git" "$folder/trees"
export HOME=$folder GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=upstream GIT_AUTHOR_EMAIL=upstream@localhost GIT_COMMITTER_NAME=upstream GIT_COMMITTER_EMAIL=upstream@localhost

# fill PROGRAM VERSION FOLDER: a copy of a stand-in, with its version in it
fill() {
  mkdir -p "$3"; cp -r "$source/$1/." "$3"
  find "$3" -type f -exec sed -i -e "s|@VERSION@|$2|g" -e "s|@HTTP@|$http|g" {} +
}

for program in comfyui sillytavern; do
  git init -q --bare "$folder/git/$program.git"
  git clone -q "$folder/git/$program.git" "$folder/trees/$program" 2>/dev/null
  for version in 1.0 1.1 1.2-broken; do
    fill "$program" "$version" "$folder/trees/$program"
    (cd "$folder/trees/$program" && git add -A && git commit -q -m "$version" && git tag "$version" && git push -q origin HEAD --tags)
  done
done

for version in 1.0 1.1 1.2-broken; do
  fill ollama "$version" "$folder/trees/ollama-$version"
  chmod 755 "$folder/trees/ollama-$version/bin/ollama"
  mkdir -p "$www/ollama/v$version"
  for processor in amd64 arm64; do tar -C "$folder/trees/ollama-$version" -czf "$www/ollama/v$version/ollama-linux-$processor.tgz" .; done
  (cd "$www/ollama/v$version" && sha256sum ./*.tgz >sha256sum.txt)

  fill lmstudio "$version" "$folder/trees/lmstudio-$version"
  chmod 755 "$folder/trees/lmstudio-$version/llmster" "$folder/trees/lmstudio-$version/.bundle/lms"
  mkdir -p "$www/lmstudio"
  for processor in x64 arm64; do
    tar -C "$folder/trees/lmstudio-$version" -czf "$www/lmstudio/$version-linux-$processor.full.tar.gz" .
    sha512sum <"$www/lmstudio/$version-linux-$processor.full.tar.gz" | cut -d' ' -f1 >"$www/lmstudio/$version-linux-$processor.full.sha512"
  done
done

# a wheel is a zip file, which git can make, in an index of one package; and a package for npm
wheel=fleetprobe-1.0-py3-none-any.whl
(fill fleetprobe.whl 1.0 "$folder/trees/wheel" && cd "$folder/trees/wheel" && git init -q && git add -A && git commit -q -m wheel)
mkdir -p "$www/simple/fleetprobe"
git -C "$folder/trees/wheel" archive --format=zip -o "$www/simple/fleetprobe/$wheel" HEAD
printf '<a href="%s">%s</a>\n' "$wheel" "$wheel" >"$www/simple/fleetprobe/index.html"
tar -C "$source/fleetprobe.npm" -czf "$www/fleetprobe-1.0.0.tgz" package

# NVIDIA's repositories are made for the tests that want them
shift 3
[ $# = 0 ] || "$(dirname "$0")/nvidia.sh" "$folder" "$@"

busybox httpd -f -p "127.0.0.1:$http_port" -h "$www" & servers=$!
git daemon --reuseaddr --listen=127.0.0.1 --port="$git_port" --base-path="$folder/git" --export-all "$folder/git" >/dev/null 2>&1 & servers="$servers $!"
# by SIGKILL: what a test starts may have other signals blocked
# shellcheck disable=SC2046      # a list of process ids
stop() { for server in $servers; do kill -KILL $(cat "/proc/$server/task/$server/children" 2>/dev/null) "$server" 2>/dev/null || true; done; }
trap stop EXIT
for port in "$http_port" "$git_port"; do
  for _ in $(seq 200); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.05; done
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "nothing answers at port $port" >&2; exit 1; }
done
git ls-remote -q "$git/comfyui.git" >/dev/null
echo ready
cat >/dev/null
