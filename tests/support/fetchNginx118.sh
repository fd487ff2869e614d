#!/usr/bin/env bash
# Nginx 1.18 of Debian 11 and its libraries, unpacked into FOLDER for the tests of the rendered files, where it stands
# for that of Ubuntu 22.04. Nothing is installed. It needs Debian's keyring and archive (PORTICO_DEBIAN_MIRROR).
#   fetchNginx118.sh FOLDER
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: fetchNginx118.sh FOLDER" >&2; exit 2; }
folder=$1
mirror=${PORTICO_DEBIAN_MIRROR:-http://deb.debian.org/debian}

mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,packages,root}
chmod 0755 "$work"

echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" >"$work/sources.list"
options=(-qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/lists"
    -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
apt-get "${options[@]}" update
(cd "$work/packages" && apt-get "${options[@]}" download nginx-core libpcre3 libssl1.1)
for package in "$work"/packages/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

# A folder named /lib would hide the link of that name on today's systems.
cp -a "$work/root/lib/." "$work/root/usr/lib/"
mkdir "$work/kept"
mv "$work/root/usr" "$work/kept/usr"
chmod 0755 "$work/kept"
rm -rf "$folder"
mv "$work/kept" "$folder"
