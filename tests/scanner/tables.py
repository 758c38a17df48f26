"""Small data sets, made by hand in the forms that their makers publish."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def endoflife(day="2026-11-20", products=("nginx", "php"), ends="2026-12-01"):
    """API v1's answer to `/products/full`."""
    releases = [
        {"name": "9.9", "isEol": False, "eolFrom": ends, "eoesFrom": None,
         "latest": {"name": "9.9.1", "date": day, "link": None}},
        {"name": "8", "isEol": True},
        {"name": "odd", "isEol": "soon"},
    ]  # fmt: skip
    said = [{"name": name, "label": name, "releases": releases} for name in products]
    generated = f"{day}T08:00:00+00:00"
    return dumped({"schema_version": "1.2.0", "generated_at": generated, "total": len(said),
                   "result": said})  # fmt: skip


def kev(day="2026-11-21", numbers=(1, 2, 3)):
    """CISA's catalogue."""
    faults = [
        {"cveID": f"CVE-2026-{1000 + n}", "vendorProject": "Newsroom", "product": f"Desk {n}",
         "vulnerabilityName": "Newsroom Desk Fault", "dateAdded": day, "dueDate": day,
         "shortDescription": "…", "requiredAction": "…", "knownRansomwareCampaignUse": "Known",
         "notes": "", "cwes": ["CWE-78"]}
        for n in numbers
    ]  # fmt: skip
    return dumped({"title": "CISA Catalog of Known Exploited Vulnerabilities",
                   "catalogVersion": day.replace("-", "."), "dateReleased": f"{day}T16:45:47.0Z",
                   "count": len(faults), "vulnerabilities": faults})  # fmt: skip


def retire(year=2026, faults=2):
    """retire.js' repository."""
    lines = [{"below": f"9.9.{n}", "severity": "high",
              "identifiers": {"CVE": [f"CVE-{year}-100{n}"]}} for n in range(faults)]  # fmt: skip
    return dumped({"jquery": {"vulnerabilities": lines, "extractors": {"func": ["x"]}}})


PHP = """title: "A fault"
link: https://cms.example/advisories/{number}
cve: CVE-2026-{number}
branches:
    9.x:
        time: 2026-11-01 10:00:00
        versions: ['>=9.0.0', '<9.{number}.0']
reference: composer://drupal/core
"""


def php(day=(2026, 11, 18), numbers=(2001, 2002), more=()):
    """FriendsOfPHP's repository as GitHub packs it."""
    out, root = io.BytesIO(), "security-advisories-master"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        files = [(f"newsroom/desk/CVE-2026-{n}.yaml", PHP.format(number=n)) for n in numbers]
        for name, text in (("README.md", "#"), (".github/workflows/php.yml", "on: push"), *files,
                           *more):  # fmt: skip
            archive.writestr(zipfile.ZipInfo(f"{root}/{name}", (*day, 9, 0, 0)), text)
    return out.getvalue()


def mozilla(version=6.1):
    """Mozilla's guideline."""
    config = {
        "certificate_curves": ["prime256v1"], "certificate_signatures": ["ecdsa-with-SHA256"],
        "certificate_types": ["ecdsa"], "ciphers": {"iana": [], "openssl": []},
        "ciphersuites": ["TLS_AES_128_GCM_SHA256"], "maximum_certificate_lifespan": 90,
        "tls_curves": ["X25519"], "tls_versions": ["TLSv1.3"], "rsa_key_size": None,
    }  # fmt: skip
    both = {"modern": config, "intermediate": config}
    return dumped({"version": version, "href": "…", "configurations": both})


# Under the names that a browser saves them.
FILES = {
    "full.json": endoflife, "known_exploited_vulnerabilities.json": kev,
    "jsrepository-v5.json": retire, "security-advisories-master.zip": php, "latest.json": mozilla,
}  # fmt: skip


def put(folder, **files: bytes):
    """All sets in a folder; `kev=None` leaves one out, `kev=b"..."` is another one."""
    folder.mkdir(exist_ok=True)
    for name, make in FILES.items():
        data = files.get(make.__name__, b"")
        if data is not None:
            (folder / name).write_bytes(data or make())
    return folder
