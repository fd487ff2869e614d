#!/usr/bin/env bash
# A host's rendered files over a whole system, in mount and network namespaces of their own: nothing outside changes.
#   unshare --mount --net enterHost.sh BASE TREE SOCKETS
# BASE: root of a system (/ is this computer), or PARTS:ROOT for one with parts of another over it; TREE: the files;
# SOCKETS: folder that becomes /run/portico.
# Prints the path of the new root, then stays until standard input closes.
set -euo pipefail
[ $# -eq 3 ] || { echo "usage: enterHost.sh BASE TREE SOCKETS" >&2; exit 2; }
base=$1 tree=$2 sockets=$3

# A folder of this computer cannot lie below the overlay and beside it at once: the copies go to a file system of their own.
space=$(mktemp -d "${TMPDIR:-/tmp}/portico-host-XXXXXX")
trap 'umount -l "$space" 2>/dev/null; rmdir "$space"' EXIT
mount -t tmpfs -o mode=0755 tmpfs "$space"
mkdir -p "$space"/{tree,upper,work,root,run}
[[ $base != *:* ]] || cp -a "${base%:*}"/. "$space"/tree
base=${base##*:}
cp -a "$tree"/. "$space"/tree
mount -t overlay overlay -o "lowerdir=$space/tree:$base,upperdir=$space/upper,workdir=$space/work" "$space/root"

root=$space/root
mkdir -p "$root"/{proc,dev,run,tmp}
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$space/run" "$root/run"

# What the units ask systemd for: RuntimeDirectory, LogsDirectory, CacheDirectory, and the folder of the sockets.
mkdir -p "$root"/{run/portico,run/portico-nginx,run/sshd,var/log/portico,var/cache/portico-nginx,opt/portico/assets}
chroot "$root" chown www-data:www-data /run/portico-nginx /var/log/portico /var/cache/portico-nginx
mount --bind "$sockets" "$root/run/portico"

ip link set lo up
echo "$root"
cat >/dev/null
