"""What proves that a thing is exposed: real content does, look-alikes don't."""

# ruff: noqa: E501  # what servers say is kept as they say it

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.http import Answer
from facts.paths import read_leaks, read_trial, refusal, turned_away
from facts.signatures import FILES, FOLDERS, LISTING, STATUS_PAGES

PAGE = "<!DOCTYPE html><html><head><title>Báo Bạc Liêu</title></head><body>Tin mới</body></html>"
MISSING = Answer("http://x/none", 404, (), "<html>not found</html>")

REAL = {
    "/.git/HEAD": "ref: refs/heads/main\n",
    "/.git/config": "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n",
    "/.svn/entries": "12\n",
    "/.svn/wc.db": "SQLite format 3\x00\x10",
    "/.hg/requires": "dotencode\nfncache\ngeneraldelta\nrevlogv1\nstore\n",
    "/.DS_Store": "\x00\x00\x00\x01Bud1\x00",
    "/.env": "APP_NAME=Bao\nAPP_ENV=production\nAPP_KEY=base64:xxxx\n",
    "/.env.bak": "export DB_PASSWORD='x'\n",
    "/wp-config.php.bak": "<?php\ndefine('DB_PASSWORD', 'x');\n",
    "/wp-config.php~": "<?php\n$table_prefix = 'wp_';\n",
    "/wp-config.php.save": "<?php // <html> comes later\n",
    "/wp-config.php.old": "<?php\n",
    "/.wp-config.php.swp": "b0VIM 9.0\x00",
    "/config.php.bak": "<?php $db = [];\n",
    "/configuration.php.bak": "<?php\nclass JConfig {\n",
    "/web.config.bak": '<?xml version="1.0"?>\n<configuration>\n<connectionStrings>\n',
    "/backup.zip": "PK\x03\x04\x14\x00",
    "/site.zip": "PK\x03\x04\x14\x00",
    "/{name}.zip": "PK\x03\x04\x14\x00",
    "/{label}.zip": "PK\x03\x04\x14\x00",
    "/backup.tar.gz": "\x1f\ufffd\x08\x00",
    "/{name}.tar.gz": "\x1f\x8b\x08\x00",
    "/database.sql.gz": "\x1f\ufffd\x08\x08database.sql",
    "/backup.sql": "-- MySQL dump 10.19  Distrib 10.3\n--\n",
    "/dump.sql": "--\n-- PostgreSQL database dump\n--\n",
    "/db.sql": "-- phpMyAdmin SQL Dump\n",
    "/database.sql": "SET NAMES utf8;\nCREATE TABLE `users` (\n",
    "/{name}.sql": "INSERT INTO users VALUES (1);\n",
    "/id_rsa": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n",
    "/.ssh/id_rsa": "-----BEGIN RSA PRIVATE KEY-----\n",
    "/server.key": "-----BEGIN PRIVATE KEY-----\n",
    "/.htpasswd": "admin:$apr1$abcdefgh$0123456789abcdefghijkl\n",
    "/phpinfo.php": "<!DOCTYPE html><html><head><title>PHP 8.2.7 - phpinfo()</title></head>"
    '<body><h1 class="p">PHP Version 8.2.7</h1>',
    "/info.php": "<html><head><title>phpinfo()</title></head><h1>PHP Version 5.6.40</h1>",
    "/test.php": "<html><head><title>PHP 7.4.3 - phpinfo()</title></head><h1>PHP Version 7.4.3</h1>",
    "/server-status": "<html><head><title>Apache Status</title></head><h1>Apache Server Status for",
    "/server-info": "<html><head><title>Server Information</title></head><h1>Apache Server Information",
    "/nginx_status": "Active connections: 1 \nserver accepts handled requests\n 1 1 1 \n",
    "/stub_status": "Active connections: 291 \nserver accepts handled requests\n",
    "/status": "pool:                 www\nprocess manager:      dynamic\naccepted conn:        1\n",
    "/fpm-status": "pool:      www\nprocess manager:      ondemand\naccepted conn:        9\n",
    "/actuator": '{"_links":{"self":{"href":"http://x/actuator","templated":false}}}',
    "/actuator/env": '{"activeProfiles":[],"propertySources":[{"name":"server.ports"}]}',
    "/metrics": "# HELP go_goroutines Number\n# TYPE go_goroutines gauge\ngo_goroutines 8\n",
    "/trace.axd": "<html><h1>Application Trace</h1><h3>Requests to this Application</h3>",
    "/elmah.axd": "<html><h1>Error Log for ROOT</h1>Powered by <a href='x'>ELMAH</a>",
}  # fmt: skip
LISTINGS = {
    "apache": "<html><head><title>Index of /uploads</title></head><body><h1>Index of /uploads</h1>"
    '<a href="?C=N;O=D">Name</a>',
    "apache plain": "<title>Index of /uploads</title><h1>Index of /uploads</h1>\n"
    '<ul><li><a href="/"> Parent Directory</a></li>',
    "nginx": "<html>\r\n<head><title>Index of /uploads/</title></head>\r\n<body>\r\n"
    '<h1>Index of /uploads/</h1><hr><pre><a href="../">../</a>\r\n',
    "iis": '<html><title>x - /uploads/</title><pre><A HREF="/">[To Parent Directory]</A><br>',
    "python": "<title>Directory listing for /uploads/</title><h1>Directory listing for /uploads/</h1>",
    "tomcat": "<title>Directory Listing For /uploads/</title><h1>Directory Listing For /uploads/ -",
    "lighttpd": '<title>Index of /uploads/</title><h2>Index of /uploads/</h2><div class="list">',
}  # fmt: skip


def answer(body: str, status: int = 200) -> Answer:
    return Answer("http://x/", status, (), body)


def test_every_signature_has_its_real_content_here():
    assert set(REAL) == set(FILES) | set(STATUS_PAGES)


@pytest.mark.parametrize("path", REAL)
def test_real_content_is_found_and_nothing_else(path):
    signature = {**FILES, **STATUS_PAGES}[path]
    real = answer(REAL[path])
    assert read_trial(signature, real, MISSING) is True
    assert read_trial(signature, Answer("http://x/", 206, (), REAL[path]), MISSING) is True
    assert read_trial(signature, answer(REAL[path], 404), MISSING) is False
    assert read_trial(signature, answer(PAGE), answer(PAGE)) is False
    assert read_trial(signature, answer(""), MISSING) is False
    assert read_trial(signature, real, real) is False  # it says so everywhere


@pytest.mark.parametrize("server", LISTINGS)
def test_listings_of_real_servers(server):
    assert read_trial(LISTING, answer(LISTINGS[server]), MISSING) is True


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        "<title>Index of press freedom</title><h1>Index of press freedom</h1>",
        "<html><title>Báo</title><a href='../'>../</a>",
    ],
)
def test_no_listing(body):
    assert read_trial(LISTING, answer(body), MISSING) is False


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/.env", "user = x\npassword = y\n"),  # no environment file writes small letters
        ("/.git/HEAD", "<html>ref: refs/heads/main"),
        ("/.htpasswd", "note: this is text\n"),
        ("/wp-config.php.bak", "<!DOCTYPE html><pre><?php define(</pre>"),
        ("/dump.sql", "How to INSERT INTO a table"),
        ("/id_rsa", "-----BEGIN CERTIFICATE-----\n"),
        ("/phpinfo.php", "<title>phpinfo() explained</title>"),
        ("/status", "pool: everything is fine"),
        ("/metrics", "# Heading\n"),
        ("/actuator", '{"_links": []}'),
    ],
)
def test_look_alikes_are_no_finds(path, body):
    assert read_trial({**FILES, **STATUS_PAGES}[path], answer(body), MISSING) is False


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_refusal_proves_nothing(status):
    refused = answer("", status)
    for signature in (*FILES.values(), *STATUS_PAGES.values(), LISTING):
        assert isinstance(read_trial(signature, refused, refused), Unknown)
    assert read_trial(LISTING, Unknown("No answer in time"), MISSING) == Unknown(
        "No answer in time"
    )


def test_when_a_server_has_had_enough():
    assert refusal(MISSING, MISSING) is None
    assert refusal(answer("", 403), answer("", 403)) is None
    for now in (answer("", 403), answer("", 429), Unknown("The connection was broken off")):
        assert isinstance(refusal(now, MISSING), Unknown)
    assert turned_away(answer("", 403), answer("", 403))
    assert turned_away(answer(PAGE), answer("", 503))
    assert not turned_away(answer(PAGE), answer("", 403))
    assert not turned_away(answer("", 401), answer("", 401))


@given(st.text(), st.sampled_from([200, 206, 404]))
def test_any_body_is_read(body, status):
    for signature in (*FILES.values(), *STATUS_PAGES.values(), LISTING):
        assert read_trial(signature, answer(body, status), MISSING) in (True, False)
    assert read_leaks(answer(body, status), MISSING) is not None
    assert FOLDERS
