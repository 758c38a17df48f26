#!/bin/sh
# Take programs that are out of support away, or put the distribution's own in their place.  Name
# what the finding named.  Upgrading a CMS changes its database: do that by its own updater, after a
# backup.
set -eu
REMOVE="${REMOVE:-}"   # files of programs that nobody needs any more: "/usr/local/bin/node"
INSTALL="${INSTALL:-}" # packages of the distribution instead: "nodejs"

if [ -n "$INSTALL" ] && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get -y install $INSTALL
elif [ -n "$INSTALL" ] && command -v dnf >/dev/null; then
    dnf -y install $INSTALL
fi
for file in $REMOVE; do
    [ ! -e "$file" ] || mv "$file" "$file.out-of-support"
    [ ! -e "$file.out-of-support" ] || chmod a-x "$file.out-of-support"
done
if [ -z "$REMOVE$INSTALL" ]; then
    echo "Set REMOVE or INSTALL: see the comments above." >&2
    exit 1
fi
