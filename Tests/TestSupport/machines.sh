#!/usr/bin/env bash
# Boots machines for the tests and keeps them until standard input ends, so that they never outlive the tests.
#   machines.sh COUNT FOLDER NETWORK [DISTRIBUTION]     machine K answers SSH at NETWORK.K (such as 127.77.0.1), port 22
# All are Debian 12; as ubuntu2404 they say that they are Ubuntu, as rhel9 or rhel10 that they are Rocky Linux, with Debian's dnf and rpm, and without apt.
# Prints `ready` when all answer. Needs root, debootstrap, systemd-nspawn and overlayfs.
# Users: root, gpuops (1000, sudo without a password), ops (1001, sudo with the password in FOLDER/ops.password); key FOLDER/id_ed25519.
# The base tree is built once (about a minute) in $COMFYFLEET_TEST_CACHE (default /var/tmp/comfyfleet-machines); a machine is an overlay on it. The tree
# with dnf is made of it when the first test wants one (ten seconds).
set -euo pipefail
count=$1 folder=$2 network=$3 distribution=${4:-debian12}
cache=${COMFYFLEET_TEST_CACHE:-/var/tmp/comfyfleet-machines}
debian=$cache/base-3 rhel=$cache/rhel-2            # the numbers change when what is below changes
case $distribution in rhel*) base=$rhel ;; *) base=$debian ;; esac
password=Corr3ct-horse

build_debian() {
  local base=$debian
  if [ ! -e "$base/.done" ]; then
    rm -rf "$base"
    debootstrap --variant=minbase \
      --include=openssh-server,sudo,systemd,systemd-sysv,dbus,ca-certificates,iproute2,procps,cron,git,zip,unzip,xz-utils,bzip2 \
      bookworm "$base" >"$cache/debootstrap.log" 2>&1 || { tail -5 "$cache/debootstrap.log" >&2; exit 1; }
    # the same package sources, and the way to them, as this machine
    rm -f "$base/etc/apt/sources.list"; cp -r /etc/apt/sources.list* "$base/etc/apt/" 2>/dev/null || true
    cp -n /etc/apt/apt.conf.d/* "$base/etc/apt/apt.conf.d/" 2>/dev/null || true
    rm -f "$base/etc/apt/apt.conf.d/docker-clean"
    # shellcheck disable=SC2016      # the machine's shell expands these
    chroot "$base" bash -euc '
      useradd -m -u 1000 -s /bin/bash gpuops; usermod -p "*" gpuops; echo "gpuops ALL=(ALL) NOPASSWD:ALL" >/etc/sudoers.d/gpuops
      useradd -m -u 1001 -s /bin/bash ops; echo "ops:$1" | chpasswd; echo "ops ALL=(ALL) ALL" >/etc/sudoers.d/ops
      systemctl enable ssh; systemctl mask console-getty getty@tty1 systemd-resolved systemd-networkd
      # Nobody types passwords at the console of these machines, and none of them lives long enough for what timers do.
      systemctl mask systemd-ask-password-console.path systemd-ask-password-wall.path
      systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer systemd-tmpfiles-clean.timer
      for home in /root /home/gpuops /home/ops; do mkdir -p "$home/.ssh"; chmod 700 "$home/.ssh"; chown --reference="$home" "$home/.ssh"; done
    ' _ "$password" >>"$cache/debootstrap.log" 2>&1
    touch "$base/.done"
  fi
}

# Debian's tree with its dnf and rpm instead of apt. What RHEL has in a package of its own is one here, too, in the repository /srv/appstream: dnf's plugin versionlock.
build_rhel() {
  local base=$rhel
  [ ! -e "$base/.done" ] || return 0
  rm -rf "$base"; cp -a "$debian" "$base"; rm "$base/.done"
  # shellcheck disable=SC2016      # the machine's shell expands these
  chroot "$base" bash -euc '
    cat >/tmp/versionlock.spec
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q; apt-get install -y -q --no-install-recommends dnf dnf-plugins-core rpm createrepo-c
    mkdir -p /etc/rpm /etc/yum.repos.d /srv/appstream; echo "%_dbpath /var/lib/rpm" >/etc/rpm/macros; ln -s dnf /usr/bin/yum
    printf "[appstream]\nname=AppStream\nbaseurl=file:///srv/appstream\ngpgcheck=0\n" >/etc/yum.repos.d/appstream.repo
    printf "[main]\ngpgcheck=True\ninstallonly_limit=3\nclean_requirements_on_remove=True\nbest=True\nskip_if_unavailable=False\n" >/etc/dnf/dnf.conf
    rpmbuild --quiet -bb --define "_rpmdir /srv/appstream" --define "_topdir /tmp/rpmbuild" /tmp/versionlock.spec
    createrepo_c -q --no-database /srv/appstream
    rm -rf $(rpm -qlp /srv/appstream/*/*.rpm) /tmp/versionlock.spec /tmp/rpmbuild /etc/dnf/plugins/local.conf /usr/bin/apt* /usr/bin/dpkg* /var/lib/apt/lists/* /var/cache/apt/* /var/cache/dnf
  ' >"$cache/rhel.log" 2>&1 <<'SPEC' || { tail -5 "$cache/rhel.log" >&2; exit 1; }
Name: python3-dnf-plugin-versionlock
Version: 4.3.1
Release: 1
Summary: stand-in
License: none
BuildArch: noarch
AutoReqProv: no
%define __os_install_post %{nil}
%description
%install
mkdir -p %{buildroot}
cp --parents /etc/dnf/plugins/versionlock.* /usr/lib/python3/dist-packages/dnf-plugins/versionlock.py %{buildroot}
%files
/etc/dnf/plugins/versionlock.*
/usr/lib/python3/dist-packages/dnf-plugins/versionlock.py
SPEC
  touch "$base/.done"
}

# What a machine says of itself.
os_release() {
  case $distribution in
    ubuntu2404) printf '%s\n' 'NAME=Ubuntu' 'PRETTY_NAME="Ubuntu 24.04.3 LTS"' 'VERSION="24.04.3 LTS (Noble Numbat)"' ID=ubuntu ID_LIKE=debian 'VERSION_ID="24.04"' VERSION_CODENAME=noble ;;
    rhel9) printf '%s\n' 'NAME="Rocky Linux"' 'PRETTY_NAME="Rocky Linux 9.6 (Blue Onyx)"' 'VERSION="9.6 (Blue Onyx)"' 'ID="rocky"' 'ID_LIKE="rhel centos fedora"' 'VERSION_ID="9.6"' 'PLATFORM_ID="platform:el9"' ;;
    rhel10) printf '%s\n' 'NAME="Rocky Linux"' 'PRETTY_NAME="Rocky Linux 10.0 (Red Quartz)"' 'VERSION="10.0 (Red Quartz)"' 'ID="rocky"' 'ID_LIKE="rhel centos fedora"' 'VERSION_ID="10.0"' 'PLATFORM_ID="platform:el10"' ;;
    *) return 1 ;;
  esac
}

boot() {
  local k=$1 machine=$folder/m$1
  mkdir -p "$machine"
  # an overlay's upper folder can't lie on another overlay, as a container's disk is one: in memory there
  [ "$(stat -f -c %T "$machine")" != overlayfs ] || mount -t tmpfs -o mode=0755 tmpfs "$machine"
  mkdir -p "$machine"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$machine/upper,workdir=$machine/work" "$machine/root"
  local root=$machine/root home
  # a link into /usr, which is replaced
  if os_release >/dev/null; then rm "$root/etc/os-release"; os_release >"$root/etc/os-release"; fi
  case $distribution in rhel*) echo "${distribution#rhel}" >"$root/etc/dnf/vars/releasever" ;; esac
  echo "gpu-$k" >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n%s.%s gpu-%s\n' "$network" "$k" "$k" >"$root/etc/hosts"
  printf 'ListenAddress %s.%s\nUseDNS no\nMaxStartups 200:1:400\nPasswordAuthentication yes\nPermitRootLogin yes\n' "$network" "$k" >"$root/etc/ssh/sshd_config.d/lab.conf"
  for home in root home/gpuops home/ops; do
    cp "$folder/id_ed25519.pub" "$root/$home/.ssh/authorized_keys"; chown --reference="$root/$home" "$root/$home/.ssh/authorized_keys"
  done
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/test-machine"      # a disk that is thrown away: dpkg need not wait for it
  rm -f "$root"/etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -f "$root/etc/ssh/ssh_host_ed25519_key"
  printf '%s.%s %s\n' "$network" "$k" "$(cut -d' ' -f1,2 "$root/etc/ssh/ssh_host_ed25519_key.pub")" >>"$folder/known_hosts"
  # systemd-nspawn ends with 133 when the machine asked to reboot
  # shellcheck disable=SC2016      # the inner shell expands these
  setsid bash -c 'while :; do systemd-nspawn -q -D "$1/root" -M "$2" --register=no --keep-unit --hostname="gpu-$3" --resolv-conf=replace-host \
      --capability=all --console=pipe -b; [ $? = 133 ] || break; done' _ "$machine" "cf-$$-$k" "$k" >"$machine/console.log" 2>&1 </dev/null &
  echo $! >"$machine/pid"
}

stop() {
  trap - EXIT
  for signal in TERM KILL; do
    for machine in "$folder"/m*; do [ ! -e "$machine/pid" ] || kill -"$signal" -- "-$(cat "$machine/pid")" 2>/dev/null || true; done
    sleep 1
  done
  for machine in "$folder"/m*; do umount -l "$machine/root" 2>/dev/null || true; umount -l "$machine" 2>/dev/null || true; rm -rf "$machine"; done
}

# Machines share the kernel with this one, and so the number of inotify instances that a user may have: 128 by default, for all of root's processes here and on
# every machine together. Where others had used them up, units of systemd's failed with "Too many open files" and the machine was degraded. Never lowered, since
# others may need what they have; where /proc/sys is read-only it stays as it is.
raise_inotify_limit() {
  local file=/proc/sys/fs/inotify/max_user_instances wanted=8192
  if [ -w "$file" ] && [ "$(cat "$file")" -lt "$wanted" ]; then echo "$wanted" >"$file"; fi
}

raise_inotify_limit
mkdir -p "$cache"
exec 9>"$cache/lock"; flock 9
build_debian
case $distribution in rhel*) build_rhel ;; esac
exec 9>&-
ssh-keygen -q -t ed25519 -N '' -C comfyfleet-test -f "$folder/id_ed25519"
(umask 077; printf %s "$password" >"$folder/ops.password")
: >"$folder/known_hosts"
trap stop EXIT
for k in $(seq "$count"); do boot "$k"; done
for k in $(seq "$count"); do
  for _ in $(seq 240); do (exec 3<>"/dev/tcp/$network.$k/22") 2>/dev/null && break; sleep 0.25; done
  (exec 3<>"/dev/tcp/$network.$k/22") 2>/dev/null || { echo "machine $k does not answer" >&2; tail -5 "$folder/m$k/console.log" >&2; exit 1; }
  # sshd answers before the last units have started, and before the bus does that tells of them; until then only root is let in.
  for _ in $(seq 60); do
    ssh -n -F none -i "$folder/id_ed25519" -o BatchMode=yes -o UserKnownHostsFile="$folder/known_hosts" "root@$network.$k" 'systemctl is-system-running --wait; test ! -e /run/nologin' >/dev/null 2>&1 && break
    sleep 0.25
  done
done
echo ready
cat >/dev/null        # until the tests end
