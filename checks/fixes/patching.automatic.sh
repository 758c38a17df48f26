#!/bin/sh
# Have security updates install themselves every day.
set -eu

if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    dpkg-query -W -f '${db:Status-Status}' unattended-upgrades 2>/dev/null | grep -qx installed ||
        apt-get -y install --no-install-recommends unattended-upgrades
    cat >/etc/apt/apt.conf.d/60press-scan-automatic <<'CONF'
APT::Periodic::Enable "1";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
CONF
    if ! apt-config dump | grep -E '^Unattended-Upgrade::(Origins-Pattern|Allowed-Origins)::' |
        grep -qi security; then
        . /etc/os-release
        if [ "$ID" = ubuntu ]; then line='"origin=Ubuntu,archive=${distro_codename}-security";'
        else line='"origin=Debian,codename=${distro_codename}-security,label=Debian-Security";'; fi
        printf 'Unattended-Upgrade::Origins-Pattern { %s };\n' "$line" \
            >/etc/apt/apt.conf.d/61press-scan-origins
    fi
    if [ -d /run/systemd/system ]; then
        systemctl unmask apt-daily.timer apt-daily-upgrade.timer
        systemctl enable --now apt-daily.timer apt-daily-upgrade.timer
    fi
elif command -v dnf >/dev/null; then
    dnf -y install dnf-automatic
    sed -i -e 's/^apply_updates.*/apply_updates = yes/' -e 's/^upgrade_type.*/upgrade_type = security/' \
        /etc/dnf/automatic.conf
    systemctl enable --now dnf-automatic.timer
fi
