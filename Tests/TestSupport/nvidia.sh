#!/usr/bin/env bash
# NVIDIA's repositories, for the tests of the roles for GPUs: packages with the names, versions, dependencies and module streams that they have there, which hold
# the programs of Fixtures/upstream/nvidia, signed with a key of the tests.
#   nvidia.sh FOLDER DISTRIBUTION ...     below FOLDER/www, for debian12, ubuntu2404, rhel9, rhel10
# Drivers 580.65.06, 580.95.05 and 590.44.01, the toolkit 12.9, the container toolkits 1.17.7 and 1.17.8. www/stranger.pub is a key that has signed nothing.
# Needs gnupg, dpkg-deb, rpm and createrepo_c.
set -euo pipefail
folder=$1 www=$1/www trees=$1/trees
shift
source=$(dirname "$(readlink -f "$0")")/../Fixtures/upstream/nvidia
machine=$(uname -m)
case $machine in aarch64) server=sbsa debian=arm64 ;; *) server=$machine debian=amd64 ;; esac
export HOME=$folder GNUPGHOME=$folder/gnupg GPG_TTY=/dev/null
mkdir -m 700 "$GNUPGHOME"
for user in upstream stranger; do gpg -q --batch --passphrase '' --quick-gen-key $user@localhost rsa2048 sign 0 2>/dev/null; done
gpg -q --armor --export stranger@localhost >"$www/stranger.pub"

# place FILE VERSION DESTINATION: a stand-in as a program
place() { mkdir -p "$(dirname "$3")"; sed "s|@VERSION@|$2|g" "$source/$1" >"$3"; chmod 755 "$3"; }
for version in 580.65.06 580.95.05 590.44.01; do
  place nvidia-smi "$version" "$trees/smi-$version/usr/bin/nvidia-smi"
  mkdir -p "$trees/module-$version/usr/lib/tmpfiles.d"
  printf 'd /run/nvidia-stand-in\nf /run/nvidia-stand-in/version 0644 root root - %s\n' "$version" >"$trees/module-$version/usr/lib/tmpfiles.d/nvidia-stand-in.conf"
done
place nvcc 12.9 "$trees/toolkit/usr/local/cuda-12.9/bin/nvcc"
ln -s cuda-12.9 "$trees/toolkit/usr/local/cuda"
for version in 1.17.7 1.17.8; do place nvidia-ctk $version "$trees/containers-$version/usr/bin/nvidia-ctk"; done
mkdir "$trees/empty"

# deb REPOSITORY TREE NAME VERSION [FIELD]...
deb() {
  local repository=$www/$1 tree=$trees/$2 name=$3 version=$4
  shift 4
  mkdir -p "$repository" "$tree/DEBIAN"
  printf '%s\n' "Package: $name" "Version: $version" 'Architecture: all' 'Maintainer: upstream <upstream@localhost>' 'Description: stand-in' "$@" >"$tree/DEBIAN/control"
  dpkg-deb -Znone --root-owner-group -b "$tree" "$repository/${name}_$version.deb" >/dev/null
  rm -r "$tree/DEBIAN"
}
# publish_deb REPOSITORY KEY: its index, signed, and the key
publish_deb() (
  cd "$www/$1"
  for file in *.deb; do dpkg-deb -f "$file"; printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$file")" "$(sha256sum <"$file" | cut -d' ' -f1)"; done >Packages
  printf 'Origin: upstream\nDate: %s\nSHA256:\n %s %s Packages\n' "$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S UTC')" "$(sha256sum <Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release
  gpg -q --batch -u upstream@localhost --clearsign -o InRelease Release
  gpg -q --armor --export upstream@localhost >"$2"
)

# rpm REPOSITORY TREE SPEC VERSION
rpm() {
  mkdir -p "$www/$1"
  rpmbuild --quiet -bb --define "_topdir $folder/rpmbuild" --define "_rpmdir $www/$1" --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define "standin $trees/$2" --define "standin_version $4" "$source/$3.spec"
}
# publish_rpm REPOSITORY KEY: its packages, signed, its index, signed, and the key
publish_rpm() (
  cd "$www/$1"
  rpmsign --define "__gpg $(command -v gpg)" --define '_gpg_name upstream@localhost' --addsign ./*.rpm >/dev/null
  createrepo_c -q --no-database .          # with modules.yaml, if it is there
  gpg -q --batch -u upstream@localhost --armor --detach-sign repodata/repomd.xml
  gpg -q --armor --export upstream@localhost >"$2"
)
# stream BRANCH open|dkms KMOD: a document for modules.yaml. As there, a stream has all versions of its branch but for the kernel module, of which it has the newest.
stream() {
  local file version
  printf -- '---\ndocument: modulemd\nversion: 2\ndata:\n  name: nvidia-driver\n  stream: "%s"\n  version: 20251101000000\n  context: "%s"\n  arch: %s\n' "$1-$2" "$1$2" "$machine"
  printf '  summary: stand-in\n  description: stand-in\n  license:\n    module: [MIT]\n  profiles:\n    default:\n      rpms: [nvidia-driver, %s]\n  artifacts:\n    rpms:\n' "$3"
  for file in {nvidia-driver,nvidia-driver-cuda,nvidia-driver-cuda-libs,nvidia-kmod-common,nvidia-open,cuda-drivers}-"$1".*.rpm; do command rpm -qp --qf '    - %{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n' "$file"; done
  for file in "$3-$1".*.rpm; do :; done
  command rpm -qp --qf '    - %{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n' "$file"
}

for distribution; do
  repository=cuda/$distribution/$server
  case $distribution in
    debian12)
      for version in 580.65.06 580.95.05 590.44.01; do
        v=$version-1
        deb "$repository" "module-$version" nvidia-kernel-open-dkms $v 'Conflicts: nvidia-kernel-dkms' 'Replaces: nvidia-kernel-dkms'
        deb "$repository" "module-$version" nvidia-kernel-dkms $v 'Conflicts: nvidia-kernel-open-dkms' 'Replaces: nvidia-kernel-open-dkms'
        deb "$repository" "smi-$version" nvidia-driver-cuda $v "Depends: nvidia-kernel-open-dkms (= $v) | nvidia-kernel-dkms (= $v)"
        deb "$repository" empty nvidia-open $v "Depends: nvidia-driver-cuda (= $v), nvidia-kernel-open-dkms (= $v)"
        deb "$repository" empty cuda-drivers $v "Depends: nvidia-driver-cuda (= $v), nvidia-kernel-dkms (= $v)"
      done ;;
    ubuntu2404)
      # From 590 on the names are without the branch, and each package takes the place of what was called so before.
      for version in 580.65.06 580.95.05 590.44.01; do
        v=$version-1ubuntu1 n=-${version%%.*}
        [ "$n" != -590 ] || n=
        one() { printf 'Provides: %s\nConflicts: %s\nReplaces: %s' "$1" "$1" "$1"; }
        deb "$repository" empty "libnvidia-compute$n" $v "$(one libnvidia-compute-any)"
        deb "$repository" "smi-$version" "nvidia-utils$n" $v "Depends: libnvidia-compute$n (= $v)" "$(one nvidia-utils-any)"
        for flavour in '' -open; do
          deb "$repository" "module-$version" "nvidia-dkms$n$flavour" $v "$(one nvidia-dkms-any)"
          deb "$repository" empty "nvidia-driver$n$flavour" $v "Depends: nvidia-utils$n (= $v), nvidia-dkms$n$flavour (= $v)" "$(one nvidia-driver-any)"
        done
      done ;;
    rhel*)
      for version in 580.65.06 580.95.05 590.44.01; do
        mkdir -p "$trees/driver-$version"
        cp -r "$trees/module-$version/." "$trees/smi-$version/." "$trees/driver-$version"
        rpm "$repository" "driver-$version" driver "$version"
      done
      rpm "$repository" toolkit toolkit 12.9.1
      # RHEL 10 has no module streams any more.
      [ "$distribution" = rhel10 ] || (cd "$www/$repository"; for branch in 580 590; do stream $branch open kmod-nvidia-open-dkms; stream $branch dkms kmod-nvidia-latest-dkms; done >modules.yaml) ;;
  esac
  case $distribution in
    rhel10) publish_rpm "$repository" CDF6BA43.pub ;;
    rhel*) publish_rpm "$repository" D42D0685.pub ;;
    *) deb "$repository" toolkit cuda-toolkit-12-9 12.9.1-1; publish_deb "$repository" 3bf863cc.pub ;;
  esac
done

# The container toolkit's repository is the same for all that have the same package manager.
for distribution; do case $distribution in rhel*) echo rpm ;; *) echo deb ;; esac; done | sort -u | while read -r kind; do
  case $kind in deb) repository=libnvidia-container/stable/deb/$debian ;; rpm) repository=libnvidia-container/stable/rpm/$machine ;; esac
  for version in 1.17.7 1.17.8; do
    v=$version-1
    case $kind in
      deb)
        deb "$repository" "containers-$version" nvidia-container-toolkit-base $v
        deb "$repository" empty nvidia-container-toolkit $v "Depends: nvidia-container-toolkit-base (= $v), libnvidia-container-tools (>= $v)"
        deb "$repository" empty libnvidia-container-tools $v "Depends: libnvidia-container1 (>= $v)"
        deb "$repository" empty libnvidia-container1 $v ;;
      rpm) rpm "$repository" "containers-$version" containers $version ;;
    esac
  done
  "publish_$kind" "$repository" ../../../gpgkey
done
gpgconf --kill all
