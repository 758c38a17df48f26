"""What the three sites answer.  Each fault here is one that newsrooms really have."""

from __future__ import annotations

from dataclasses import dataclass, field

HTML = "text/html; charset=utf-8"
CLEAN_ERROR = "<!doctype html><title>404</title><h1>Không tìm thấy trang</h1>"

GOOD_HEADERS = {
    "Server": "nginx",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Sucuri-ID": "demo",  # what a firewall in front of the site adds
}


@dataclass(frozen=True)
class Site:
    """One site: what it says by path, and how it behaves."""

    pages: dict[str, tuple[str, str]]  # path -> (content type, body)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    error: str = CLEAN_ERROR
    trace: bool = False
    any_origin: bool = False
    redirect: str = ""  # a plain site that only sends its readers on


def well_kept(host: str, expires: str) -> Site:
    """Nothing to find."""
    contact = f"Contact: mailto:toasoan@{host}\nExpires: {expires}\nPreferred-Languages: vi, en\n"
    return Site(
        pages={
            "/": (
                HTML,
                (
                    "<!doctype html><html lang=vi><title>Báo Demo</title><h1>Báo Demo</h1>"
                    "<p>Tin trong ngày.<script src=/js/app.js></script>"
                    "<form action=/tim-kiem><input name=q></form>"
                ),
            ),
            "/js/app.js": ("text/javascript", "document.title += '';\n"),
            "/.well-known/security.txt": ("text/plain; charset=utf-8", contact),
        },
        headers=GOOD_HEADERS,
        cookies=("session=a1b2c3; Path=/; Secure; HttpOnly; SameSite=Lax",),
    )


def in_between() -> Site:
    """Sound TLS, careless headers, an old library."""
    return Site(
        pages={
            "/": (
                HTML,
                (
                    "<!doctype html><html lang=vi><title>Tạp chí Demo</title>"
                    "<script src=/js/jquery-1.12.4.min.js></script><h1>Tạp chí Demo</h1>"
                    "<form method=post action=/dang-nhap><input name=u>"
                    "<input type=password name=p></form>"
                ),
            ),
            "/js/jquery-1.12.4.min.js": (
                "text/javascript",
                "/*! jQuery v1.12.4 | (c) jQuery Foundation | jquery.org/license */\n",
            ),
        },
        headers={"Server": "nginx/1.18.0", "X-Content-Type-Options": "nosniff"},
        cookies=("PHPSESSID=0123456789abcdef; Path=/",),
    )


def neglected() -> Site:
    """Nobody has looked after this one for years."""
    return Site(
        pages={
            "/": (
                HTML,
                (
                    "<!doctype html><html lang=vi><title>Đài Demo</title>"
                    "<script src='http://cdn.example.net/jquery-1.8.3.min.js'></script>"
                    "<img src='http://anh.example.net/logo.png'><h1>Đài Demo</h1>"
                    "<form method=post action='http://dai.demo.test/login'>"
                    "<input name=u><input type=password name=p></form>"
                ),
            ),
            "/.git/HEAD": ("text/plain", "ref: refs/heads/master\n"),
            "/.git/config": (
                "text/plain",
                "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n",
            ),
            "/.env": ("text/plain", "APP_ENV=production\nDB_HOST=127.0.0.1\nDB_PASSWORD=demo\n"),
            "/uploads/": (
                HTML,
                (
                    "<html><head><title>Index of /uploads/</title></head><body>"
                    '<h1>Index of /uploads/</h1><hr><pre><a href="../">../</a>\n'
                    '<a href="anh-1.jpg">anh-1.jpg</a>  01-Jan-2020 00:00  1024\n'
                    "</pre><hr></body></html>"
                ),
            ),
            "/server-status": (
                HTML,
                (
                    "<html><head><title>Apache Status</title></head><body>"
                    "<h1>Apache Server Status for dai.demo.test</h1>"
                    "<dl><dt>Server Version: Apache/2.4.29 (Unix)</dt>"
                    "<dt>Server uptime: 1 day</dt><dt>Total accesses: 7</dt></dl></body></html>"
                ),
            ),
        },
        headers={
            "Server": "Apache/2.2.22 (Unix) PHP/5.3.10",
            "X-Powered-By": "PHP/5.3.10",
        },
        cookies=("PHPSESSID=fedcba9876543210; path=/",),
        error="<html><b>Fatal error</b>:  Uncaught PDOException: SQLSTATE[42000] in "
        "<b>/var/www/html/index.php</b> on line <b>12</b></html>",
        trace=True,
        any_origin=True,
    )
