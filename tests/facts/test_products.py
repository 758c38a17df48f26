"""What banners name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.products import Product, from_banner, from_headers, from_nmap, from_ssh


@pytest.mark.parametrize(
    ("banner", "products"),
    [
        ("Apache/2.4.57 (Debian)", [("apache-http-server", "2.4.57", "debian")]),
        ("Apache/2.4.58 (Win64) PHP/8.2.12",
         [("apache-http-server", "2.4.58", ""), ("php", "8.2.12", "")]),
        ("Apache/2.4.6 (CentOS) OpenSSL/1.0.2k-fips mod_fcgid/2.3.9 PHP/5.4.16",
         [("apache-http-server", "2.4.6", "centos"), ("openssl", "1.0.2k", ""),
          ("php", "5.4.16", "")]),
        ("Apache/2.4.37 (Red Hat Enterprise Linux)", [("apache-http-server", "2.4.37", "rhel")]),
        ("Apache/2.4.57 (Rocky Linux)", [("apache-http-server", "2.4.57", "rocky-linux")]),
        ("nginx/1.22.1", [("nginx", "1.22.1", "")]),
        ("nginx/1.18.0 (Ubuntu)", [("nginx", "1.18.0", "ubuntu")]),
        ("nginx", [("nginx", "", "")]),
        ("Microsoft-IIS/10.0", [("iis", "10.0", "windows-server")]),
        ("Microsoft-HTTPAPI/2.0", [("http.sys", "", "")]),
        ("Apache-Coyote/1.1", [("tomcat-connector", "", "")]),
        ("PHP/7.4.3", [("php", "7.4.3", "")]),
        ("PHP/7.0.33-0+deb9u12", [("php", "7.0.33", "debian 9")]),
        ("PHP/5.5.9-1ubuntu4.29", [("php", "5.5.9", "ubuntu")]),
        ("PHP/8.1.2+ubuntu20.04.1+deb.sury.org+1", [("php", "8.1.2", "")]),
        ("cloudflare", [("cloudflare", "", "")]),
        ("newsroom-server/3", [("newsroom-server", "3", "")]),
        ("", []),
    ],
)  # fmt: skip
def test_http_banner(banner, products):
    assert list(from_banner(banner)) == [Product(*product) for product in products]


@pytest.mark.parametrize(
    ("banner", "product"),
    [
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", Product("openssh", "9.2p1", "debian 12")),
        ("SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.10", Product("openssh", "8.9p1", "ubuntu")),
        ("SSH-2.0-OpenSSH_7.4", Product("openssh", "7.4")),
        ("SSH-2.0-OpenSSH_for_Windows_8.1", Product("openssh", "8.1", "windows")),
        ("SSH-2.0-OpenSSH_9.6 FreeBSD-20240806", Product("openssh", "9.6", "freebsd")),
        ("OpenSSH_8.4p1 Raspbian-5", Product("openssh", "8.4p1", "raspbian")),
        ("SSH-2.0-dropbear_2022.83", None),
        ("", None),
    ],
)
def test_ssh_banner(banner, product):
    assert from_ssh(banner) == product


@pytest.mark.parametrize(
    ("said", "product"),
    [
        (
            ("OpenSSH", "9.2p1 Debian 2+deb12u3", "protocol 2.0"),
            Product("openssh", "9.2p1", "debian 12"),
        ),
        (
            ("OpenSSH", "8.2p1 Ubuntu 4ubuntu0.5", "Ubuntu Linux"),
            Product("openssh", "8.2p1", "ubuntu"),
        ),
        (
            ("MySQL", "5.5.5-10.11.6-MariaDB-0+deb12u1", ""),
            Product("mariadb", "10.11.6", "debian 12"),
        ),
        (("MySQL", "8.0.36-0ubuntu0.22.04.1", ""), Product("mysql", "8.0.36", "ubuntu 22.04")),
        (("Apache httpd", "2.4.6", "(CentOS)"), Product("apache-http-server", "2.4.6", "centos")),
        (("Microsoft IIS httpd", "8.5", ""), Product("iis", "8.5", "windows-server")),
        (("PostgreSQL DB", "9.6.0 or later", ""), Product("postgresql")),
        (("PostgreSQL DB", "13.1 - 13.4", ""), Product("postgresql")),
        (("Some newsroom daemon", "2", ""), Product("some newsroom daemon", "2")),
        (("", "", ""), None),
    ],
)
def test_what_nmap_says(said, product):
    assert from_nmap(*said) == product


def test_the_headers_of_an_answer():
    headers = [
        ("Server", "Microsoft-IIS/10.0"),
        ("x-powered-by", "ASP.NET"),
        ("X-AspNet-Version", "4.0.30319"),
        ("Content-Type", "text/html"),
    ]
    assert from_headers(headers) == (
        Product("iis", "10.0", "windows-server"),
        Product("aspnet"),
        Product("aspnet", "4.0.30319"),
    )


@given(st.text(), st.text(), st.text())
def test_any_text_is_read(one, two, three):
    for product in (*from_banner(one), from_ssh(f"OpenSSH_{two}"), from_nmap(one, two, three)):
        assert product is None or (product.name and len(product.shown) < 300)
