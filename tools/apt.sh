#!/bin/sh
# Installs a package of Debian's, for a script here that found no program: `apt.sh PROGRAM PACKAGE ADVICE`.
# ADVICE says what to do where this cannot.
set -eu

if ! command -v apt-get >/dev/null; then
    echo "No $1 and no apt-get: install $1, or $3." >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "No $1: run 'sudo apt-get install $2', or $3." >&2
    exit 1
fi
echo "Installing $1 by apt-get, once ..." >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >&2
apt-get -qq install --yes --no-install-recommends "$2" >&2
