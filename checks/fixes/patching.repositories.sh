#!/bin/sh
# Have every package source checked by its signature.  A source that was never signed stops working:
# put its key below /etc/apt/keyrings and name it with Signed-By, or take the source out.
set -eu

if command -v apt-get >/dev/null; then
    find /etc/apt -name '*.list' -type f | while read -r file; do
        sed -i -E -e '/^deb/s/ ?(trusted|allow-insecure|allow-downgrade-to-insecure)=[A-Za-z0-9]+//g' \
            -e '/^deb/s/\[ *\]//' "$file"
    done
    find /etc/apt -name '*.sources' -type f | while read -r file; do
        sed -i -E '/^(Trusted|Allow-Insecure|Allow-Downgrade-To-Insecure):/Id' "$file"
    done
    cat >/etc/apt/apt.conf.d/zz-press-scan-signed <<'CONF'
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
CONF
elif command -v dnf >/dev/null; then
    sed -i -E 's/^(gpgcheck|pkg_gpgcheck) *= *(0|no|false|off)/\1=1/I' /etc/yum.repos.d/*.repo
    sed -i -E '/^gpgcheck *=/d; s/^\[main\].*/&\ngpgcheck=1/' /etc/dnf/dnf.conf
elif command -v zypper >/dev/null; then
    sed -i -E 's/^(gpgcheck|pkg_gpgcheck) *= *(0|no|false|off)/\1=1/I' /etc/zypp/repos.d/*.repo
fi
