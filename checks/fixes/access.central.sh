# The host joins your directory.  Needs your directory: not tried in the lab.
set -eu
URI=${URI:-}      # such as ldaps://ldap.example.vn
BASE=${BASE:-}    # such as dc=example,dc=vn
[ -n "$URI" ] && [ -n "$BASE" ] || { echo "set URI and BASE to your directory's" >&2; exit 1; }
if command -v dnf >/dev/null; then
    dnf -y install sssd-ldap
else
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends sssd-ldap libnss-sss libpam-sss
fi
umask 077
cat >/etc/sssd/sssd.conf <<S
[sssd]
services = nss, pam
domains = main
[domain/main]
id_provider = ldap
auth_provider = ldap
ldap_uri = $URI
ldap_search_base = $BASE
S
if command -v authselect >/dev/null; then
    authselect select sssd --force
else
    grep -qE '^passwd:.*sss' /etc/nsswitch.conf || sed -i -E 's/^(passwd|group|shadow):.*/& sss/' /etc/nsswitch.conf
fi
systemctl enable --now sssd
