#!/bin/sh
# Restart the services whose files were replaced.  A new kernel, or a host that asks for it, needs a
# restart of the host: set RESTART=now, or do it at a quiet hour.  A restart of the whole host is not
# tested by us.
set -eu
RESTART="${RESTART:-services}" # services, or now: the host itself

if [ "$RESTART" = now ]; then
    systemctl reboot
    exit 0
fi
units=""
for maps in /proc/[0-9]*/maps; do
    if grep -qsE ' /(usr/)?(lib|bin|sbin|lib64)/.* \(deleted\)$' "$maps"; then
        unit=$(sed -nE 's|.*/([^/]+\.service)(/.*)?$|\1|p' "${maps%/maps}/cgroup" | head -n 1)
        case "$unit" in
        "" | user@*) echo "Ends with its session: $(cat "${maps%/maps}/comm")" ;;
        dbus.service | dbus-broker.service) echo "Needs a restart of the host: $unit" ;;
        *) units="$units $unit" ;;
        esac
    fi
done
systemctl daemon-reexec
for unit in $(printf '%s\n' $units | sort -u); do
    echo "restarting $unit"
    systemctl restart "$unit"
done
if [ -e /run/reboot-required ]; then
    echo "The host asks to be restarted: run this again with RESTART=now at a quiet hour."
fi
