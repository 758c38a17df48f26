"""Where the sites' files lie on a host: for asks that search there."""

from __future__ import annotations

import shlex

from facts.declared import Look

USUAL = ("/var/www", "/srv/www", "/usr/share/nginx/html", "/usr/share/wordpress")

_SETTINGS = (
    "/etc/nginx/nginx.conf /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/*"
    " /etc/apache2/apache2.conf /etc/apache2/sites-enabled/* /etc/apache2/conf-enabled/*"
    " /etc/httpd/conf/httpd.conf /etc/httpd/conf.d/*.conf"
    " /usr/local/lsws/conf/vhosts/*/vhconf.conf"
)


def web_roots(look: Look) -> str:
    """A shell function `web_roots`: prints each folder that a site is served from, one a line.

    Declared ones, those that nginx's and Apache's settings name, and the usual ones; links are
    followed, and a folder inside another one is left out.
    """
    known = " ".join(shlex.quote(path) for path in (*look.web_roots, *USUAL))
    return (
        "web_roots() { {"
        f" printf '%s\\n' {known};"
        " sed -nE 's/^[[:space:]]*(root|DocumentRoot|docRoot|alias|Alias[[:space:]]+[^[:space:]]+)"
        '[[:space:]]+"?([^";]+)"?;?.*$/\\2/p\''
        f" {_SETTINGS} 2>/dev/null;"
        ' } | while read -r d; do [ -d "$d" ] && readlink -f -- "$d"; done'
        " | grep -vx / | sort -u"
        ' | awk \'NR == 1 || index($0 "/", last "/") != 1 { print; last = $0 }\'; }; '
    )
