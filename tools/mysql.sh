#!/bin/sh
# Prints the folder of a MySQL server (`usr/sbin/mysqld` in it): MYSQL_ROOT, `/` if it is installed, or
# the one of Debian's unstable release. That is newer than the C library of this machine may be, so it
# is unpacked beside the C library that it was built with, and nothing is installed.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${MYSQL_ROOT:-}" ]; then
    [ -x "$MYSQL_ROOT/usr/sbin/mysqld" ] || { echo "MYSQL_ROOT=$MYSQL_ROOT has no usr/sbin/mysqld: unset it, or name a folder that has" >&2; exit 1; }
    echo "$MYSQL_ROOT"
    exit
fi
# MariaDB calls itself so too.
if /usr/sbin/mysqld --version 2>/dev/null | grep -qv MariaDB; then
    echo /
    exit
fi
unpacked=$PWD/.iam/tools/mysql
if [ ! -x "$unpacked/usr/sbin/mysqld" ]; then
    for tool in apt-get dpkg-deb; do
        command -v "$tool" >/dev/null || { echo "No MySQL and no $tool: install MySQL 8.0.31 or newer, or set MYSQL_ROOT." >&2; exit 1; }
    done
    echo "Unpacking MySQL from Debian's unstable release, once: 50 MB ..." >&2
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/debs" "$work/root"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    # Where this machine gets its own packages from.
    # shellcheck disable=SC2016 # apt-get reads that.
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -v security | head -n 1)
    echo "deb [signed-by=$keys] $mirror sid main" >"$work/sources.list"
    apt() {
        apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- \
            -o Dir::State="$work/state" -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" \
            -o APT::Sandbox::User= "$@"
    }
    apt update >&2
    # The server and the libraries it is linked with: Perl is for scripts that are not used here.
    packages=$(apt --simulate --no-install-recommends install mysql-server-core | awk '/^Inst/ { print $2 }' | grep -v perl)
    # shellcheck disable=SC2086 # They are several words.
    (cd "$work/debs" && apt download $packages >&2)
    for package in "$work"/debs/*.deb; do
        dpkg-deb --extract "$package" "$work/root"
    done
    rm -rf "$work/root/usr/share/doc" "$work/root/usr/share/man" "$work/root/usr/share/locale"
    mkdir -p .iam/tools
    rm -rf "$unpacked"
    mv "$work/root" "$unpacked"
    chmod 755 "$unpacked"
fi
echo "$unpacked"
