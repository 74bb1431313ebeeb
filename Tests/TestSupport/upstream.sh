#!/usr/bin/env bash
# Stands in for the internet, for the tests of the installers: makes archives, git repositories and wheels of the programs in Fixtures/upstream, and
# serves them until standard input ends.
#   upstream.sh FOLDER HTTP-PORT GIT-PORT
# Prints `ready` when both servers answer. Applications have the releases 1.0, 1.1 and 1.2-broken. Needs git, busybox, gnupg and dpkg-deb.
set -euo pipefail
folder=$1 http=http://127.0.0.1:$2 git=git://127.0.0.1:$3
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

# NVIDIA's two repositories, signed as they are: drivers of two branches, a toolkit, the container toolkit. Their packages hold stand-ins.
export GNUPGHOME=$folder/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg -q --batch --passphrase '' --quick-gen-key upstream@localhost ed25519 sign 0 2>/dev/null
# deb REPOSITORY NAME VERSION DEPENDS: of what is in $folder/trees/NAME-VERSION
deb() {
  local tree=$folder/trees/$2-$3
  mkdir -p "$tree/DEBIAN" "$www/$1"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: upstream <upstream@localhost>\nDescription: stand-in\n%s' "$2" "$3" "${4:+Depends: $4
}" >"$tree/DEBIAN/control"
  dpkg-deb -Znone --root-owner-group -b "$tree" "$www/$1" >/dev/null
}
# publish REPOSITORY KEY: its index, signed, and the key
publish() (
  cd "$www/$1"
  for file in *.deb; do dpkg-deb -f "$file"; printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$file")" "$(sha256sum <"$file" | cut -d' ' -f1)"; done >Packages
  printf 'Origin: upstream\nDate: %s\nSHA256:\n %s %s Packages\n' "$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S UTC')" "$(sha256sum <Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release
  gpg -q --batch --clearsign -o InRelease Release
  gpg -q --armor --export >"$2"
)
# place FILE VERSION DESTINATION: a stand-in as a program
place() { mkdir -p "$(dirname "$3")"; sed "s|@VERSION@|$2|g" "$source/nvidia/$1" >"$3"; chmod 755 "$3"; }
for version in 580.65.06 580.95.05 590.44.01; do
  module=$folder/trees/nvidia-kernel-open-dkms-$version-1
  mkdir -p "$module/usr/lib/tmpfiles.d"
  printf 'd /run/nvidia-stand-in\nf /run/nvidia-stand-in/version 0644 root root - %s\n' "$version" >"$module/usr/lib/tmpfiles.d/nvidia-stand-in.conf"
  place nvidia-smi "$version" "$folder/trees/nvidia-driver-cuda-$version-1/usr/bin/nvidia-smi"
  for processor in x86_64 sbsa; do
    deb "cuda/debian12/$processor" nvidia-kernel-open-dkms "$version-1" ''
    deb "cuda/debian12/$processor" nvidia-driver-cuda "$version-1" "nvidia-kernel-open-dkms (= $version-1)"
  done
done
place nvcc 12.9 "$folder/trees/cuda-toolkit-12-9-12.9.1-1/usr/local/cuda-12.9/bin/nvcc"
ln -s cuda-12.9 "$folder/trees/cuda-toolkit-12-9-12.9.1-1/usr/local/cuda"
place nvidia-ctk 1.17.8 "$folder/trees/nvidia-container-toolkit-1.17.8-1/usr/bin/nvidia-ctk"
for processor in x86_64 sbsa; do
  deb "cuda/debian12/$processor" cuda-toolkit-12-9 12.9.1-1 ''
  publish "cuda/debian12/$processor" 3bf863cc.pub
done
for processor in amd64 arm64; do
  deb "libnvidia-container/stable/deb/$processor" nvidia-container-toolkit 1.17.8-1 ''
  publish "libnvidia-container/stable/deb/$processor" ../../../gpgkey
done
gpgconf --kill all

busybox httpd -f -p "127.0.0.1:$2" -h "$www" & servers=$!
git daemon --reuseaddr --listen=127.0.0.1 --port="$3" --base-path="$folder/git" --export-all "$folder/git" >/dev/null 2>&1 & servers="$servers $!"
# by SIGKILL: what a test starts may have other signals blocked
stop() { for server in $servers; do kill -KILL $(cat "/proc/$server/task/$server/children" 2>/dev/null) "$server" 2>/dev/null || true; done; }
trap stop EXIT
for port in "$2" "$3"; do
  for _ in $(seq 200); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.05; done
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "nothing answers at port $port" >&2; exit 1; }
done
git ls-remote -q "$git/comfyui.git" >/dev/null
echo ready
cat >/dev/null
