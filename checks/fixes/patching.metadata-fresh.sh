#!/bin/sh
# Fetch the package lists now, and every day from now on.
set -eu

if command -v apt-get >/dev/null; then
    apt-get update
    cat >/etc/apt/apt.conf.d/60press-scan-lists <<'CONF'
APT::Periodic::Update-Package-Lists "1";
CONF
    if [ -d /run/systemd/system ]; then systemctl enable --now apt-daily.timer; fi
elif command -v dnf >/dev/null; then
    dnf -y --refresh makecache
    if [ -d /run/systemd/system ]; then systemctl enable --now dnf-makecache.timer; fi
elif command -v zypper >/dev/null; then
    zypper --non-interactive refresh
fi
