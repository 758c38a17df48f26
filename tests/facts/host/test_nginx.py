"""nginx's settings, read as nginx reads them."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import nginx
from facts.host.asks import Answer
from facts.host.nginx_tree import Directive, tree
from tests.facts.host.recorded import given, recording

MAIN = "/etc/nginx/nginx.conf"
PS = "www-data 9 nginx nginx: worker process\nroot 8 nginx nginx: master process\n"


def servers(text, **files):
    """The servers of a main file (and of files that it includes)."""
    parts = {MAIN: text, **{f"/etc/nginx/{name}": body for name, body in files.items()}}
    told = "".join(f"==> {name} <==\n{body}\n" for name, body in parts.items())
    read = nginx.read(given(nginx__files=told, processes__list=PS))
    return read if isinstance(read, Unknown) else read.servers


def only(text):
    found = servers(text)
    assert len(found) == 1
    return found[0]


def test_a_real_host():
    read = nginx.read(recording("logging-good"))
    assert read.user == "www-data" and read.workers == ("www-data",)
    two = next(one for one in read.servers if "two.bao.test" in one.names)
    assert two.listens == ("8080",) and two.roots == ("/var/www/html",)
    assert two.access_logs == ("/var/log/nginx/two.access.log",)
    assert two.error_logs == ("/var/log/nginx/error.log",)
    assert two.quiet == ("= /favicon.ico",)


def test_the_language():
    text = r"""
    # a comment; { not a block
    set $a "quoted; { } \" text"; set $b 'it is';
    log_format x '$remote_addr "${request}"' escape=json;
    map $http_x ${y} { default 0; ~^a\{2\} 1; }
    content_by_lua_block { if x then y = "}" end -- }
    }
    root /srv/w#1;
    """
    read = tree({MAIN: text}, MAIN, "/etc/nginx")
    assert [one.name for one in read] == [
        "set", "set", "log_format", "map", "content_by_lua_block", "root",
    ]  # fmt: skip
    assert read[0] == Directive("set", ("$a", 'quoted; { } " text'))
    assert read[3].args == ("$http_x", "${y}") and len(read[3].block) == 2
    assert read[5].args == ("/srv/w#1",)


@pytest.mark.parametrize(
    "text", ["http {", "http { server { } } }", "a b", "{ }", 'a "b', "}", "a { b }", "; ;"]
)
def test_what_is_no_configuration_is_not_understood(text):
    assert isinstance(servers(text), Unknown)


@pytest.mark.parametrize(
    ("http", "server", "logs"),
    [
        ("", "", ("logs/access.log",)),  # its own default
        ("access_log /a;", "", ("/a",)),
        ("access_log /a;", "access_log /b x; access_log /c;", ("/b", "/c")),
        ("access_log /a;", "access_log off;", ()),
        ("access_log off;", "", ()),
        ("access_log off;", "access_log /b;", ("/b",)),
        ("access_log /dev/null;", "", ()),
        ("access_log /a;", "location / { access_log off; }", ()),
        ("access_log /a;", "location /x { access_log off; }", ("/a",)),
        ("access_log syslog:server=unix:/dev/log;", "", ("syslog:server=unix:/dev/log",)),
    ],
)
def test_where_requests_are_recorded(http, server, logs):
    assert only(f"http {{ {http} server {{ listen 80; {server} }} }}").access_logs == logs


def test_where_errors_are_recorded():
    text = "error_log /m; http { server { error_log /dev/null; } server { } "
    text += "server { error_log /s crit; } }"
    assert [one.error_logs for one in servers(text)] == [(), ("/m",), ("/s",)]


def test_streams_are_servers_too():
    text = """
    rtmp { access_log /rtmp.log; server { listen 1935;
        application live { live on; } application quiet { access_log off; } } }
    stream { server { listen 53 udp; proxy_pass x; } }
    """
    found = servers(text)
    assert [(one.kind, one.names, one.access_logs) for one in found] == [
        ("rtmp", ("live",), ("/rtmp.log",)),
        ("rtmp", ("quiet",), ()),
        ("stream", (), ()),
    ]


def test_limits_are_inherited_unless_a_block_has_its_own():
    text = """
    http { limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s; limit_req zone=a;
      server { } server { limit_req zone=b burst=5; location /x { limit_conn c 5; } } }
    """
    first, second = servers(text)
    assert first.limits == ("limit_req zone=a",) and second.limits == ("limit_req zone=b burst=5",)
    assert second.local_limits == ("limit_conn",)


def test_includes_are_put_in_their_places():
    files = {"sites/b.conf": "server { server_name b; }",
             "sites/a.conf": "server { server_name a; }",
             "sites/.hidden.conf": "server { }", "sites/deep/c.conf": "server { }"}  # fmt: skip
    assert [one.names for one in servers("http { include sites/*.conf; }", **files)] == [
        ("a",), ("b",),
    ]  # fmt: skip


def test_a_file_that_may_not_be_read_is_no_empty_one():
    text = f"==> {MAIN} <==\nhttp {{ include sites/*; }}\n==> !/etc/nginx/sites/a <==\n"
    assert isinstance(nginx.read(given(nginx__files=text, processes__list=PS)), Unknown)
    assert isinstance(servers("http { include sites/gone.conf; }"), Unknown)
    assert isinstance(servers("include nginx.conf;"), Unknown)  # in itself


def test_no_nginx_and_one_that_is_elsewhere():
    gone = Answer(code=127)
    assert nginx.read(given(nginx__files=gone, processes__list="root 1 init init\n")) is None
    assert isinstance(nginx.read(given(nginx__files=gone, processes__list=PS)), Unknown)


@settings(deadline=None)
@drawn(st.text(alphabet="{};\"'\\$# \nabserver{}http", max_size=200))
def test_any_text_is_read_or_not_understood(text):
    read = servers(f"http {{ {text} }}")
    assert isinstance(read, Unknown | tuple)
