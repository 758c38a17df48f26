"""Apache's settings, read as Apache reads them."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import apache
from facts.host.asks import Answer
from tests.facts.host.recorded import given

MAIN = "/etc/apache2/apache2.conf"
PS = "www-data 9 apache2 /usr/sbin/apache2 -k start\nroot 8 apache2 /usr/sbin/apache2 -k start\n"
ENVVARS = "export APACHE_LOG_DIR=/var/log/apache2$SUFFIX\nexport APACHE_RUN_USER=www-data\n"


def read(text, **files):
    parts = {"envvars": ENVVARS, MAIN: text}
    parts |= {f"/etc/apache2/{name}": body for name, body in files.items()}
    told = "".join(f"==> {name} <==\n{body}\n" for name, body in parts.items())
    return apache.read(given(apache__files=told, processes__list=PS))


def test_debians_own_shape():
    found = read(
        """
        User ${APACHE_RUN_USER}
        ErrorLog ${APACHE_LOG_DIR}/error.log
        IncludeOptional mods-enabled/*.load
        Include ports.conf
        IncludeOptional conf-enabled/*.conf
        IncludeOptional sites-enabled/*.conf
        """,
        **{
            "mods-enabled/ssl.load": "LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so",
            "ports.conf": "Listen 80\n<IfModule ssl_module>\nListen 443\n</IfModule>",
            "conf-enabled/o.conf": "CustomLog ${APACHE_LOG_DIR}/other.log combined",
            "sites-enabled/a.conf": """<VirtualHost *:80>
                ServerName a.test
                DocumentRoot "/srv/a b"
                CustomLog "${APACHE_LOG_DIR}/a.log" combined
                </VirtualHost>
                <IfModule mod_ssl.c>
                <VirtualHost _default_:443>
                ServerName b.test
                ErrorLog /dev/null
                </VirtualHost></IfModule>""".replace("</VirtualHost></IfModule>",
                                                     "</VirtualHost>\n</IfModule>"),
        },
    )  # fmt: skip
    a, b = found.hosts
    assert found.user == "www-data" and found.workers == ("www-data",)
    assert (a.names, a.roots, a.access_logs, a.error_logs) == (
        ("a.test",), ("/srv/a b",), ("/var/log/apache2/a.log",), ("/var/log/apache2/error.log",),
    )  # fmt: skip
    assert (b.addresses, b.access_logs, b.error_logs) == (
        ("_default_:443",), ("/var/log/apache2/other.log",), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "logs"),
    [
        ("CustomLog /dev/null x", ()),
        ("CustomLog /a x\nCustomLog /b y env=!c", ("/a", "/b")),
        ('CustomLog "|/usr/bin/rotatelogs /a 86400" x', ("|/usr/bin/rotatelogs /a 86400",)),
        ("TransferLog /t", ("/t",)),
        ("", ("/main",)),
        ("<IfDefine NEVER>\nCustomLog /a x\n</IfDefine>", ("/main",)),
        ("<IfDefine !NEVER>\nCustomLog /a x\n</IfDefine>", ("/a",)),
        ("Define D /d\nCustomLog ${D}/x x", ("/d/x",)),
        ("<IfModule !mod_none.c>\nCustomLog /a x\n</IfModule>", ("/a",)),
        ("CustomLog \\\n/a x", ("/a",)),
        ("# CustomLog /a x", ("/main",)),
    ],
)
def test_where_a_virtual_host_records_requests(text, logs):
    found = read(f"CustomLog /main x\n<VirtualHost *:80>\n{text}\n</VirtualHost>")
    assert [host.access_logs for host in found.hosts] == [logs]


def test_the_main_server_counts_where_it_answers():
    alone = read("Listen 80\nDocumentRoot /srv/w")
    assert [host.access_logs for host in alone.hosts] == [()]
    both = read("Listen 80\nListen 8080\n<VirtualHost *:80>\n</VirtualHost>")
    assert [host.addresses for host in both.hosts] == [("*:80",), ("8080",)]
    every = read("Listen 80\nListen 8080\n<VirtualHost *>\n</VirtualHost>")
    assert len(every.hosts) == 1


def test_limits_and_modules():
    text = "<IfModule mod_qos.c>\nQS_SrvMaxConnPerIP 20\n</IfModule>"
    found = read(f"LoadModule qos_module m/mod_qos.so\n{text}")
    assert found.modules == ("qos_module",) and found.limits == ("qs_srvmaxconnperip",)


@pytest.mark.parametrize(
    "text",
    [
        "<VirtualHost *:80>",
        "</VirtualHost>",
        "<IfDefine X>\n</IfModule>",
        "Use VHost a.test",
        "Include gone.conf",
        "Include apache2.conf",
        "<VirtualHost *:80>\n</Directory>\n</VirtualHost>",
    ],
)
def test_what_is_not_understood(text):
    assert isinstance(read(text), Unknown)


def test_a_file_that_may_not_be_read():
    told = f"==> {MAIN} <==\nIncludeOptional sites-enabled/*.conf\n"
    told += "==> !/etc/apache2/sites-enabled/a.conf <==\n"
    assert isinstance(apache.read(given(apache__files=told, processes__list=PS)), Unknown)


def test_no_apache_and_one_that_is_elsewhere():
    gone = Answer(code=127)
    assert apache.read(given(apache__files=gone, processes__list="root 1 init init\n")) is None
    assert isinstance(apache.read(given(apache__files=gone, processes__list=PS)), Unknown)


@settings(deadline=None)
@drawn(st.text(alphabet='<>/"\\${} \nAVirtualHost', max_size=200))
def test_any_text_is_read_or_not_understood(text):
    assert isinstance(read(text), Unknown | apache.Apache)
