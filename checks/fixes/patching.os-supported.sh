#!/bin/sh
# Move to the next release of the distribution.  Not tested by us on a running host: it replaces the
# whole system, needs its archive, takes an hour and a restart.  Have a backup that was restored
# once, and somebody at the console.
set -eu
NEXT="${NEXT:-}" # the next release's name: bookworm, trixie, noble

. /etc/os-release
if [ "$ID" = debian ] && [ -n "$NEXT" ]; then
    now=$VERSION_CODENAME
    apt-get update && apt-get -y dist-upgrade
    cp -a /etc/apt "/etc/apt.before-$NEXT"
    find /etc/apt -name '*.list' -o -name '*.sources' | while read -r file; do
        sed -i "s/\\b$now\\b/$NEXT/g" "$file"
    done
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get -y upgrade --without-new-pkgs
    DEBIAN_FRONTEND=noninteractive apt-get -y dist-upgrade
    echo "Restart now: systemctl reboot"
elif [ "$ID" = ubuntu ]; then
    echo "Run: do-release-upgrade"
    echo "Or attach Ubuntu Pro, which keeps this release safe for longer: pro attach TOKEN"
elif command -v dnf >/dev/null; then
    echo "Run: dnf install leapp-upgrade && leapp preupgrade && leapp upgrade"
    echo "Or set up a new host with a supported release and move the service."
else
    echo "Set NEXT to the name of the next release, and run this again."
fi
