"""What error pages give away."""

# ruff: noqa: E501  # what servers say is kept as they say it

from __future__ import annotations

import pytest

from facts.base import Unknown
from facts.http import Answer
from facts.leaks import leaks
from facts.paths import read_leaks

LEAKY = {
    "python": ("Traceback (most recent call last):\n  File \"/srv/www/app.py\", line 1", "stack_trace"),
    "java": ("<pre>java.lang.NullPointerException\n\tat vn.bao.web.News.show(News.java:42)", "stack_trace"),
    "php": ("<b>Fatal error</b>:  Uncaught Error in <b>/var/www/html/index.php</b> on line", "stack_trace"),
    "php path": ("<br />in <b>/var/www/html/index.php</b> on line <b>3</b>", "file_path"),
    "dotnet": ("<b>Stack Trace:</b> [HttpException (0x80004005): File does not exist.]", "stack_trace"),
    "node": ("Error: x\n    at Object.<anonymous> (/opt/app/server.js:10:5)", "stack_trace"),
    "django": ("You're seeing this error because you have <code>DEBUG = True</code>", "stack_trace"),
    "mysql": ("You have an error in your SQL syntax; check the manual", "sql_error"),
    "pdo": ("SQLSTATE[42S02]: Base table or view not found", "sql_error"),
    "oracle": ("ORA-00942: table or view does not exist", "sql_error"),
    "iis": (r"Physical Path C:\inetpub\wwwroot\bao\x.aspx", "file_path"),
    "cpanel": ("File not found: /home/baobl/public_html/x.php", "file_path"),
}  # fmt: skip


@pytest.mark.parametrize("kind", LEAKY)
def test_leaks(kind):
    body, expected = LEAKY[kind]
    assert expected in leaks(Answer("http://x/", 500, (), f"<html><body>{body}"))


@pytest.mark.parametrize(
    "body",
    [
        "<html><h1>404 Not Found</h1><hr><center>nginx</center>",
        "<p>The requested URL was not found on this server.</p><address>Apache/2.4.57 (Debian)",
        '<a href="/var/www/html/x">x</a><img src="/home/bao/public_html/a.png">',
        "https://www.example.vn/home/bao/public_html/x",
        "Không tìm thấy trang. Xin quay lại trang chủ.",
        "No input file specified.",
    ],
)
def test_plain_error_pages_are_quiet(body):
    assert leaks(Answer("http://x/", 404, (), body)) == ()


def test_an_article_is_no_error_page():
    front = Answer(
        "http://x/", 200, (), "How to read a Traceback (most recent call last): in /var/www/x"
    )
    assert read_leaks(front, front) == ()
    assert read_leaks(Answer("http://x/", 500, (), front.body), front) == (
        "stack_trace",
        "file_path",
    )
    assert read_leaks(Answer("http://x/", 200, (), front.body), Unknown("x")) == ("stack_trace",)


def test_long_and_odd_pages_cost_little():
    for piece in ("\n at a(", "at aaaaaaaaaaaa.", "[exceptionexception", "/var/www", "#1 /", " \n"):
        leaks(Answer("http://x/", 500, (), piece * 20_000))
