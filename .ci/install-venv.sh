#!/bin/sh
# Debian splits Python's venv module into a package of its own. Install it when we may; say how
# when we may not. Called by `make setup` only when the module is missing.
set -eu
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Python's venv module is missing: installing python3-venv"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
else
    echo "Python's venv module is missing. As root: apt-get install python3-venv" >&2
    exit 1
fi
