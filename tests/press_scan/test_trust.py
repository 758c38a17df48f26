"""One agency's private authority speaks for no other agency's certificate."""

from __future__ import annotations

from copy import deepcopy

import trustme

from tests.lab.nginx import nginx
from tests.press_scan.program import inventory


def test_two_agencies_on_one_server_do_not_share_trust(program, tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    cert = authority.issue_cert("www.bao.test")
    cert.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "site.pem"))
    pem = f"ssl_certificate {tmp_path}/site.pem; ssl_certificate_key {tmp_path}/site.pem;"
    http = f"server {{ listen 127.71.3.1:8443 ssl; {pem} return 204; }}"
    asset = {
        "address": "127.71.3.1",
        "urls": ["https://www.bao.test:8443/"],
        "ports": {"scan": "8443"},
    }
    path = inventory(tmp_path, {**asset, "ca": "ca.pem"}, deepcopy(asset))
    with nginx(tmp_path, http, address="127.71.3.1", port=8443):
        card = program.scan(path, "--only", "tls.cert-trusted", code=1)
    told = {f["agency"]: f["status"] for f in card["findings"]}
    assert told == {"agency-0": "pass", "agency-1": "fail"}
