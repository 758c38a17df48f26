"""How the hosts of test_patching.py are set up: shell scripts, run as root.

A setup runs before the host boots, a preparation in the running host.  The archive is a folder:
one package of one suite, signed with a key that is made on the host.
"""

QUIET = """
for name in apt-daily apt-daily-upgrade; do
    mkdir -p /etc/systemd/system/$name.service.d
    printf '[Service]\\nExecStart=\\nExecStart=/bin/true\\n' \
        >/etc/systemd/system/$name.service.d/lab.conf
done
"""

GOOD = (
    QUIET
    + """
systemctl enable apt-daily.timer apt-daily-upgrade.timer nginx
mkdir -p /var/www/portal/wp-includes
echo "<?php \\$wp_version = '7.1.2';" >/var/www/portal/wp-includes/version.php
chown -R www-data: /var/www/portal && chmod 750 /var/www/portal
"""
)

NODE = """
printf '#!/bin/sh\\necho v16.20.2\\n' >/usr/local/bin/node
chmod 755 /usr/local/bin/node
"""

BAD = (
    QUIET
    + NODE
    + """
rm -f /etc/apt/apt.conf.d/20auto-upgrades
cp /bin/sleep /usr/local/sbin/lab-sleep
printf '[Service]\\nExecStart=/usr/local/sbin/lab-sleep infinity\\n' \
    >/etc/systemd/system/lab-sleep.service
"""
)

STALE = (
    QUIET
    + """
rm -f /etc/apt/apt.conf.d/20auto-upgrades
mkdir -p /var/www/old/wp-includes
echo "<?php \\$wp_version = '6.1.9';" >/var/www/old/wp-includes/version.php
"""
)

EOL = QUIET + "rm -f /etc/apt/apt.conf.d/20auto-upgrades"

THIRTEEN = (
    QUIET
    + """
rm -f /etc/apt/apt.conf.d/20auto-upgrades
grep -v security /etc/apt/sources.list >/etc/apt/sources.new
mv /etc/apt/sources.new /etc/apt/sources.list
rm -f /var/lib/apt/lists/*security*
echo 'APT::Get::AllowUnauthenticated "true";' >/etc/apt/apt.conf.d/80lab
echo 'Acquire::http::Proxy "http://user:canary5d1f@mirror.bao.test:3142";' \
    >/etc/apt/apt.conf.d/81lab
printf '#!/bin/sh\\napt-get -qq update && apt-get -qq -y upgrade\\n' >/etc/cron.daily/patch
chmod 755 /etc/cron.daily/patch
systemctl enable cron
"""
)

# A package, and a signed archive that has it: `package VERSION`, `publish WHEN`.
ARCHIVE = r"""
export GNUPGHOME=/root/lab-key
package() {
    rm -rf /root/pkg && mkdir -p /root/pkg/DEBIAN /srv/repo/pool
    cat >/root/pkg/DEBIAN/control <<EOF
Package: roundcube-core
Source: roundcube
Version: $1
Architecture: all
Maintainer: Debian Roundcube Maintainers <nobody@debian.org>
Description: a made-up package
EOF
    dpkg-deb -b /root/pkg "/srv/repo/pool/roundcube-core_$1_all.deb" >/dev/null
}
publish() {
    suite=/srv/repo/dists/bookworm-security
    mkdir -p $suite/main/binary-amd64
    cd /srv/repo
    for deb in pool/*.deb; do
        dpkg-deb -f "$deb"
        echo "Filename: $deb"
        echo "Size: $(stat -c %s "$deb")"
        echo "SHA256: $(sha256sum "$deb" | cut -d' ' -f1)"
        echo
    done >$suite/main/binary-amd64/Packages
    cd $suite
    { printf 'Origin: Debian\nLabel: Debian-Security\nSuite: oldstable-security\nVersion: 12\n'
      printf 'Codename: bookworm-security\nArchitectures: amd64 all\nComponents: main\n'
      printf 'Date: %s\nSHA256:\n' "$(LC_ALL=C date -u -d "$1" '+%a, %d %b %Y %H:%M:%S UTC')"
      echo " $(sha256sum main/binary-amd64/Packages | cut -d' ' -f1)" \
          "$(stat -c %s main/binary-amd64/Packages) main/binary-amd64/Packages"; } >Release
    if [ ! -d $GNUPGHOME ]; then
        mkdir -m 700 $GNUPGHOME
        gpg --quiet --batch --passphrase '' --quick-gen-key lab ed25519 sign never
        gpg --batch --export >/etc/apt/trusted.gpg.d/lab.gpg
    fi
    rm -f InRelease
    gpg --quiet --batch --clearsign -o InRelease Release
}
"""

ONLY_OURS = """
rm -f /var/lib/apt/lists/*_* /etc/apt/sources.list.d/*
echo 'deb file:/srv/repo bookworm-security main' >/etc/apt/sources.list
"""

PREPARE_BAD = (
    ARCHIVE
    + """
package 1.6.1+dfsg-1
dpkg -i /srv/repo/pool/roundcube-core_1.6.1+dfsg-1_all.deb >/dev/null
package 1.6.5+dfsg-1+deb12u6
publish today
"""
    + ONLY_OURS
    + """
apt-get -qq update
mkdir -p /srv/unsigned
echo 'deb [trusted=yes] file:/srv/unsigned ./' >/etc/apt/sources.list.d/unsigned.list
touch -d '60 days ago' /var/lib/dpkg/info/*.list
systemctl start lab-sleep
rm /usr/local/sbin/lab-sleep
cp /bin/sleep /usr/local/sbin/lab-sleep
"""
)

PREPARE_STALE = (
    ARCHIVE
    + """
package 1.6.5+dfsg-1+deb12u6
publish '30 days ago'
"""
    + ONLY_OURS
    + "apt-get -qq update"
)

PREPARE_13 = "touch /run/reboot-required"
