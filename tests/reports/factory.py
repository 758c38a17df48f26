"""A made-up programme to be shown: a newspaper, a station and a magazine under 211 controls.

The newspaper is neglected, the station in between (one host could not be reached), the magazine
well kept.  Nothing of it is random: the same call gives the same assessment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from checks import Severity, Status
from reports.view import CheckText
from scanner.assessment import (
    AgencyAssessment,
    Assessment,
    ControlResult,
    ControlStatus,
    Coverage,
    DecidedBy,
    Failure,
    Finding,
    ProgrammeAssessment,
    RunInfo,
    SystemAssessment,
)
from scanner.tailoring import Changed
from scanner.timeline import History, Point, Since, Timeline
from tests.reports.factory_papers import DOSSIERS, papers

STANDARD = "TCVN 14423:2026"
TITLE = {"vi": "An toàn thông tin cấp độ 3", "en": "Information security level 3"}
GROUP_TITLES = {
    "management": {"vi": "Quản lý", "en": "Management"},
    "network": {"vi": "Mạng", "en": "Network"},
    "server": {"vi": "Máy chủ", "en": "Servers"},
    "application": {"vi": "Ứng dụng", "en": "Applications"},
    "data": {"vi": "Dữ liệu", "en": "Data"},
}
GROUPS = {"management": 81, "network": 42, "server": 47, "application": 14, "data": 27}
TITLES = {
    "management": [
        ("Có quy trình quản lý rủi ro an ninh mạng đủ bốn bước, được ký ban hành",
         "A risk-management procedure with the four steps is issued"),
        ("Rà soát quy chế bảo đảm an ninh mạng ít nhất mỗi năm hoặc khi tổ chức thay đổi",
         "The security regulation is reviewed every year"),
        ("Bồi dưỡng an ninh mạng hằng năm cho người dùng và người quản trị",
         "Users and administrators are trained every year"),
    ],
    "network": [
        ("Chỉ mở các cổng và dịch vụ cần thiết ra ngoài", "Only needed ports face the outside"),
        ("Kết nối quản trị từ xa phải được mã hóa và qua máy trung gian",
         "Remote administration is encrypted and goes through a bastion"),
    ],
    "server": [
        ("Tắt dịch vụ không dùng trên máy chủ", "Unused services are off"),
        ("Cập nhật bản vá cho hệ điều hành và phần mềm trong thời hạn đã quy định",
         "Patches are applied in time"),
    ],
    "application": [
        ("Ứng dụng web có biện pháp chống tấn công phổ biến", "Web applications resist attacks"),
        ("Bảo vệ phiên đăng nhập của người dùng", "Sessions of users are protected"),
    ],
    "data": [
        ("Mã hóa dữ liệu khi truyền qua mạng", "Data are encrypted in transit"),
        ("Sao lưu dữ liệu quan trọng và thử khôi phục định kỳ", "Backups are made and tried"),
    ],
}  # fmt: skip
CHECKS = {
    "tls.protocols": ("data", 0, "high", "Không chấp nhận SSLv2, SSLv3, TLS 1.0 hay TLS 1.1"),
    "tls.cert-expiry": ("data", 2, "high", "Chứng thư còn hạn trên 14 ngày"),
    "web.hsts": ("data", 4, "medium", "Trang HTTPS đặt HSTS ít nhất 180 ngày"),
    "web.https": ("data", 6, "high", "Mọi trang đều dùng HTTPS"),
    "ports.databases": ("network", 0, "critical", "Không có cơ sở dữ liệu nào mở ra Internet"),
    "ports.unexpected": ("network", 2, "high", "Chỉ có các cổng đã khai báo là mở"),
    "ssh-service.algorithms": ("network", 1, "medium", "SSH chỉ chào các thuật toán còn mạnh"),
    "ssh-service.password": ("network", 3, "high", "SSH không cho đăng nhập bằng mật khẩu"),
    "web.headers": ("application", 0, "low", "Có các tiêu đề bảo vệ trình duyệt"),
    "web.cookies": ("application", 1, "medium", "Cookie phiên có Secure, HttpOnly và SameSite"),
}
WHY = {
    "vi": "Các phiên bản cũ có lỗ hổng đã công bố; người trên đường truyền có thể đọc hoặc sửa nội"
    " dung, kể cả mật khẩu của biên tập viên.",
    "en": "Old versions have published holes; somebody on the way can read or change the content,"
    " an editor's password too.",
}
FIX = {
    "vi": "Chỉ bật TLS 1.2 và TLS 1.3, rồi nạp lại cấu hình máy chủ.",
    "en": "Turn on TLS 1.2 and TLS 1.3 alone, then reload the server.",
}
PASTE = (
    ("nginx", "ssl_protocols TLSv1.2 TLSv1.3;\nssl_prefer_server_ciphers off;"),
    ("Apache", "SSLProtocol -all +TLSv1.2 +TLSv1.3"),
)
AGENCIES = {
    "bao-bac-lieu": "Báo Bạc Liêu",
    "dai-ptth-bac-lieu": "Đài Phát thanh và Truyền hình Bạc Liêu",
    "tap-chi-vhvn": "Tạp chí Văn hóa Văn nghệ Bạc Liêu",
}


@dataclass(frozen=True)
class Control:
    """A control, as a profile gives it."""

    id: str
    clause: str
    standard: str
    group: str
    title: dict[str, str]
    decides: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    source: str = "list"
    confidence: str | None = "high"
    every: int | None = None
    advice: bool = False


@dataclass(frozen=True)
class Source:
    """Where the requirements were read."""

    title: Mapping[str, str]


SOURCES = {"list": Source({"vi": "Danh sách công khai", "en": "A public list"})}


@dataclass(frozen=True)
class Profile:
    """A profile, as far as reports read it."""

    controls: tuple[Control, ...]
    title: Mapping[str, str] = field(default_factory=lambda: TITLE)
    credit: Mapping[str, str] = field(
        default_factory=lambda: {
            "vi": "Các mục theo một danh mục công khai.",
            "en": "The clauses follow a public checklist.",
        }
    )
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: GROUP_TITLES)
    sources: Mapping[str, Source] = field(default_factory=lambda: SOURCES)
    changed: tuple[Changed, ...] = (
        Changed("tls.cert-expiry", "days_left", 14, 30, firm=False),
        Changed("ssh-service.password", "days", 60, 90, firm=True),
    )


def profile() -> Profile:
    """211 controls in five groups; ten are bound to a check."""
    bound = {(group, at): name for name, (group, at, *_) in CHECKS.items()}
    controls = []
    for part, (group, many) in enumerate(GROUPS.items(), start=1):
        for at in range(many):
            vi, en = TITLES[group][at % len(TITLES[group])]
            clause = f"5.{part}.{at // 6 + 1}.1 {'abcdef'[at % 6]})"
            check = bound.get((group, at))
            name = f"TCVN14423-{clause.replace(' ', '-').rstrip(')')}"
            decides = (check,) if check else ()
            title = {"vi": vi, "en": en}
            sure = ("high", "medium", "low")[at % 3]
            every = {4: 6, 5: 12}.get(at % 6)
            control = Control(name, clause, STANDARD, group, title, decides, confidence=sure,
                              every=every, advice=at % 20 == 11)  # fmt: skip
            controls.append(control)
    return Profile(tuple(controls))


def describe(lang: str):
    """What the made-up checks say of themselves."""

    def text(name: str) -> CheckText:
        title = CHECKS[name][3] if lang == "vi" else f"All is well with {name}"
        return CheckText(name, title, WHY[lang], FIX[lang], PASTE if "tls" in name else ())

    return text


def finding(check: str, status: Status, agency: str, **changes) -> Finding:
    """One finding; by default on the site's port 443."""
    good = Finding(
        check=check,
        severity=Severity(CHECKS[check][2]),
        status=status,
        agency=agency,
        system="portal",
        asset="web-1",
        target=f"tls:www.{agency}.vn:443@203.0.113.10",
        endpoint="tcp/443",
        address="203.0.113.10",
        reason="All is as it should be",
    )
    return replace(good, **changes)


FAILING = {
    "bao-bac-lieu": {
        "ports.databases": {
            "asset": "db-1", "endpoint": "tcp/3306", "address": "203.0.113.12",
            "reason": "A database answers from the outside",
            "evidence": {"product": "MariaDB 10.3.39", "ports": [3306]},
        },
        "tls.protocols": {
            "reason": "Broken protocol versions are accepted",
            "evidence": {"accepted": ["TLSv1.0", "TLSv1.1"]},
        },
        "web.hsts": {
            "endpoint": "https://www.bao-bac-lieu.vn/", "reason": "HSTS is not set",
            "evidence": {"headers": {}},
        },
        "web.cookies": {
            "endpoint": "https://www.bao-bac-lieu.vn/", "reason": "A session cookie lacks a mark",
            "evidence": {"cookies": {"PHPSESSID": ["Secure", "SameSite"]}},
        },
        "web.headers": {
            "endpoint": "https://www.bao-bac-lieu.vn/", "reason": "Protecting headers are missing",
            "evidence": {"missing": ["content-security-policy", "x-content-type-options"]},
        },
    },
    "dai-ptth-bac-lieu": {
        "tls.protocols": {
            "asset": "live", "endpoint": "tcp/8443", "address": "203.0.113.40",
            "reason": "Broken protocol versions are accepted",
            "evidence": {"accepted": ["TLSv1.1"]},
        },
        "ssh-service.algorithms": {
            "asset": "live", "endpoint": "tcp/22", "address": "203.0.113.40",
            "reason": "Weak algorithms are offered",
            "evidence": {"kex": ["diffie-hellman-group1-sha1"], "ciphers": ["3des-cbc"]},
        },
    },
    "tap-chi-vhvn": {},
}  # fmt: skip
UNREACHED = {"ssh-service.password", "ports.unexpected"}


def findings() -> tuple[Finding, ...]:
    """Every check once for each agency; the station's second host did not answer."""
    made = []
    for agency, failing in FAILING.items():
        for check in CHECKS:
            if check in failing:
                made.append(finding(check, Status.FAIL, agency, **failing[check]))
            elif agency.startswith("dai") and check in UNREACHED:
                made.append(finding(
                    check, Status.ERROR, agency, asset="playout", endpoint="tcp/22",
                    address="203.0.113.41", reason="No answer in time", detail="10 s",
                ))  # fmt: skip
            else:
                made.append(finding(check, Status.PASS, agency))
    return tuple(made)


FAILURES = (
    Failure("dai-ptth-bac-lieu", "portal", "playout", "ssh", "tcp/22", "No answer in time", "10 s"),
    Failure("dai-ptth-bac-lieu", "portal", "intranet", "names", "nb.dai.vn",
            "The name does not resolve"),
)  # fmt: skip


def system(agency: str) -> SystemAssessment:
    """The controls of one agency: the ten by their checks, the others by people, or not at all."""
    by_check = {one.check: one.status for one in findings() if one.agency == agency}
    statuses = {Status.PASS: ControlStatus.MET, Status.FAIL: ControlStatus.NOT_MET}
    results = []
    for at, control in enumerate(profile().controls):
        if control.decides:
            status = statuses.get(by_check[control.decides[0]], ControlStatus.UNVERIFIED)
            results.append(ControlResult(
                control.id, status, DecidedBy.CHECKS if by_check[control.decides[0]] in statuses
                else DecidedBy.NONE, checks=control.decides,
            ))  # fmt: skip
        else:
            results.append(_attested(control.id, at, agency))
    counted = [one.status for one in results]
    met = counted.count(ControlStatus.MET)
    absent = counted.count(ControlStatus.NOT_APPLICABLE)
    decided = sum(1 for one in results if one.decided_by is DecidedBy.CHECKS)
    attested = sum(1 for one in results if one.decided_by is DecidedBy.ATTESTATION)
    hinted = sum(1 for one in results if one.hinted)
    rest = len(results) - absent - decided - attested - hinted
    return SystemAssessment(
        id="portal",
        name="Cổng báo điện tử",
        level=3,
        results=tuple(results),
        compliant=met + absent == len(results),
        score=100 * met / (len(results) - absent),
        coverage=Coverage(decided, hinted, attested, rest, absent),
        dossier_approved=not agency.startswith("bao"),
        dossier=DOSSIERS[agency.startswith("bao")],
    )


def _attested(control: str, at: int, agency: str) -> ControlResult:
    if at % 50 == 9:
        return ControlResult(control, ControlStatus.NOT_APPLICABLE, DecidedBy.PROFILE,
                             left_out="Không có mạng không dây")  # fmt: skip
    if agency.startswith("bao") and at == 30:
        return ControlResult(control, ControlStatus.NOT_MET, DecidedBy.WAIVER, waiver="W-0001",
                             due=date(2027, 6, 30))  # fmt: skip
    if at % 50 == 7:
        return ControlResult(control, ControlStatus.NOT_APPLICABLE)
    if agency.startswith("bao") and at % 5 == 0:
        return ControlResult(control, ControlStatus.UNVERIFIED)
    if not agency.startswith("tap") and at % 17 == 3:
        return ControlResult(control, ControlStatus.PARTIAL, hinted=True, checks=("web.headers",))
    return ControlResult(control, ControlStatus.MET, DecidedBy.ATTESTATION,
                         attestation=f"A-{at:04}", due=date(2027, 5, 20))  # fmt: skip


def history() -> History:
    """Three runs before this one: the newspaper grew better, the magazine is looked at anew."""
    days = [date(2026, 8, 20), date(2026, 9, 21), date(2026, 10, 22), date(2026, 11, 22)]

    def line(*percents: float) -> Timeline:
        points = tuple(
            Point(f"{day:%Y%m%d}-0001", day, percent, percent >= 100)
            for day, percent in zip(days[-len(percents) :], percents, strict=True)
        )
        last = points[-2]
        since = Since(last.run, last.day, last.percent, new=2, mended=5, same=9, flapping=1)
        return Timeline(points, since)

    paper, station = (one.score for one in assessment().agencies[:2])
    ids = list(AGENCIES)
    agencies = {ids[0]: line(12.5, 20.0, 30.8, paper), ids[1]: line(41.0, station)}
    return History(line(0.0, 0.0, 0.0, 100 / 3), agencies)


def assessment() -> Assessment:
    """The whole programme: 1 of 3 complies."""
    agencies = []
    for agency, name in AGENCIES.items():
        one = system(agency)
        agencies.append(AgencyAssessment(
            id=agency, name=name, electronic=True, systems=(one,), compliant=one.compliant,
            score=one.score, coverage=one.coverage, run="20261122-0001", seen=date(2026, 11, 22),
            readings={"A": one.dossier_approved, "B": one.compliant, "C": False},
        ))  # fmt: skip
    return Assessment(
        run=RunInfo(
            id="20261122-0001",
            started=datetime(2026, 11, 22, 5, 0, 0, tzinfo=UTC),
            finished=datetime(2026, 11, 22, 5, 7, 12, tzinfo=UTC),
            scanner_version="0.1.0",
            vantage="external",
            profile="level3",
            profile_version="2026.11",
            standard="TCVN 14423:2026; NĐ 331/2026/NĐ-CP",
            data=(("endoflife", "2026-11-01"), ("known-exploited", "2026-11-20")),
            as_of=date(2026, 11, 22),
            profile_sha256="a1" * 32,
            facts_sha256="b2" * 32,
            papers_sha256="c3" * 32,
        ),
        programme=ProgrammeAssessment(
            name="Chuyển đổi số báo chí tỉnh Bạc Liêu",
            level=3,
            target_percent=100,
            by=date(2026, 12, 31),
            reading="B",
            counted=3,
            compliant=1,
            percent=100 / 3,
            readings={"A": 200 / 3, "B": 100 / 3, "C": 0.0},
        ),
        agencies=tuple(agencies),
        findings=findings(),
        failures=FAILURES,
        papers=papers([(agency, system(agency)) for agency in AGENCIES]),
    )
