#!/bin/sh
# Last step of the image, run by mmdebstrap with the root folder as argument:
# what belongs to one machine, or to the build, does not stay in the image.
set -eu
root=$1

# Networking is by systemd-networkd; the machine's own file is written before its first boot.
chroot "$root" systemctl enable systemd-networkd.service
chroot "$root" systemctl disable systemd-networkd-wait-online.service
# Portico runs Nginx from its own unit.
chroot "$root" systemctl disable nginx.service
# The host key is given to the machine; keys of other kinds would be unpinned ones.
if [ -e "$root"/usr/lib/systemd/system/sshd-keygen.service ]; then
    chroot "$root" systemctl disable sshd-keygen.service
fi
# There is no route to a package mirror, and nobody logs in on the console.
chroot "$root" systemctl disable apt-daily.timer apt-daily-upgrade.timer
chroot "$root" systemctl mask console-getty.service

rm -f "$root"/etc/ssh/ssh_host_*
rm -f "$root"/etc/hostname "$root"/etc/resolv.conf "$root"/var/lib/dbus/machine-id
: > "$root"/etc/machine-id
printf 'LANG=C.UTF-8\n' > "$root"/etc/default/locale

rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/apt "$root"/var/log/dpkg.log
rm -f "$root"/etc/apt/apt.conf.d/99mmdebstrap
cat > "$root"/etc/apt/sources.list <<SOURCES
deb http://deb.debian.org/debian $PORTICO_SUITE main
deb http://deb.debian.org/debian $PORTICO_SUITE-updates main
deb http://deb.debian.org/debian-security $PORTICO_SUITE-security main
SOURCES

# Spares the first boot what the packages have done already (ldconfig, journal catalog).
touch "$root"/etc/.updated "$root"/var/.updated
