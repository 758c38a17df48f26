"""Who may read the files that hold secrets.  Pure: modes only, never what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from facts.base import Unknown
from facts.declared import Look
from facts.host.asks import Answers, Ask, filled
from facts.host.places import web_roots

_FIXED = (
    "/etc/shadow /etc/gshadow /etc/shadow- /etc/gshadow- /etc/ssh/ssh_host_*_key /etc/ssl/private/*"
    " /etc/pki/tls/private/* /etc/letsencrypt/archive/*/privkey*.pem /etc/letsencrypt/keys/*"
    " /root/.my.cnf /root/.pgpass /home/*/.my.cnf /home/*/.pgpass /home/*/.ssh/id_* /root/.ssh/id_*"
    " /etc/mysql/debian.cnf /etc/wordpress/config-*.php /etc/phpmyadmin/config-db.php"
    " /etc/redis/redis.conf /etc/nginx/*.key /etc/apache2/*.key"
)
_SITES = (
    "wp-config.php", "configuration.php", ".env",
    "LocalConfiguration.php", "config_global.php", "config.inc.php", "database.yml",
    "parameters.yml", ".my.cnf", ".pgpass", "settings.inc.php",
)  # fmt: skip
_KEYS = (
    '{ sed -nE \'s/^[[:space:]]*(ssl_certificate_key|SSLCertificateKeyFile)[[:space:]]+"?([^";]+)"?'
    ";?.*$/\\2/p' /etc/nginx/nginx.conf /etc/nginx/conf.d/* /etc/nginx/sites-enabled/*"
    " /etc/nginx/snippets/* /etc/apache2/sites-enabled/* /etc/apache2/conf-enabled/*"
    " /etc/apache2/mods-enabled/* /etc/httpd/conf/httpd.conf /etc/httpd/conf.d/* 2>/dev/null"
    " | sed 's/[[:space:]]*$//'; }"
)


def secret_files(look: Look) -> Ask:
    """Modes of files that hold secrets, and of the folders above them."""
    names = " -o ".join(f"-name '{name}'" for name in _SITES)
    names += " -o -path '*/sites/*/settings*.php'"  # Drupal's; others call their code so, too
    return Ask(
        "hardening.secret-files",
        f'{web_roots(look)} {{ for f in {_FIXED}; do [ -e "$f" ] && echo "$f"; done; {_KEYS};'
        f' web_roots | while read -r r; do find "$r" -xdev -maxdepth 6 -type f \\( {names} \\)'
        " 2>/dev/null; done; } | sort -u | awk 'NR <= 400; NR == 401 { print \"MORE\" }'"
        ' | while read -r f; do [ "$f" = MORE ] && { echo MORE; continue; };'
        ' f=$(readlink -f -- "$f"); [ -f "$f" ] || continue;'
        " case $f in *.pub|*.crt) continue;; */configuration.php)"
        ' [ -d "${f%/*}/administrator" ] || continue;; esac;'
        " m=$(stat -c '%a' -- \"$f\") || continue; d=$f; way=;"
        ' while [ "$d" != / ] && [ -n "$d" ]; do d=${d%/*}; [ -n "$d" ] || d=/;'
        " way=$way,$(stat -c '%a' -- \"$d\"); done; echo \"$m $way $f\"; done; echo '==> end <=='",
        seconds=20,
    )


def world_readable(answers: Answers) -> Mapping[str, bool | Unknown] | Unknown:
    """Each file that holds secrets: may every account on the host read it?"""
    text = answers.text("hardening.secret-files")
    if isinstance(text, Unknown):
        return text
    found: dict[str, bool | Unknown] = {}
    lines = list(filled(text))
    for line in lines:
        match = re.fullmatch(r"([0-7]{1,5}) ,([0-7,]+) (/.*)", line)
        if match:
            open_way = all(int(mode or "0", 8) & 0o001 for mode in match[2].split(","))
            found[match[3][:300]] = bool(int(match[1], 8) & 0o004) and open_way
    if "MORE" in lines:
        found["..."] = Unknown("Not everything in the sites' folders was looked at")
    if not lines or lines[-1] != "==> end <==" or "/etc/shadow" not in found:
        return Unknown("The host's answer was not understood", "hardening.secret-files")
    return found
