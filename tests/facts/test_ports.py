from hypothesis import given
from hypothesis import strategies as st

from facts.ports import Port, Sweep, numbers, ranges, read, within
from facts.services import ADMIN, DATABASES, FILE_SHARING, OPEN_DOORS, SHARED, TALKATIVE, families
from tests.factories.ports import port, ports

PORTS = st.frozensets(st.integers(1, 65535), max_size=60)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
SAID = st.dictionaries(
    st.sampled_from(
        ["state", "name", "product", "version", "extrainfo", "conf", "tunnel", "asked"]
    ),
    ANYTHING | st.sampled_from(["open", "closed", "filtered", "10", True]),
)


@given(PORTS)
def test_ranges_and_numbers_are_each_other_s_reverse(some):
    assert numbers(ranges(some)) == some


@given(PORTS, st.integers(1, 65535))
def test_within_says_what_numbers_say(some, one):
    assert within(one, ranges(some)) is (one in some)


@given(st.text(alphabet="0123456789,-", max_size=30))
def test_any_text_of_the_inventory_s_syntax_gives_ports(text):
    assert all(0 < n < 65536 for n in numbers(text))


def test_open_ended_ranges_are_nmap_s():
    assert numbers("-3") == {1, 2, 3}
    assert numbers("65534-") == {65534, 65535}
    assert len(numbers("-")) == 65535
    assert numbers("") == frozenset()


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "tcp": st.dictionaries(st.integers(-5, 70000) | st.text(), SAID | ANYTHING) | ANYTHING,
            "extraports": ANYTHING,
            "timedout": ANYTHING,
        },
    )
)
def test_a_host_of_garbage_never_crashes_and_opens_nothing_that_is_no_port(host):
    sweep = read(host)
    assert all(0 < p.number < 65536 for p in sweep.open)
    assert all(isinstance(p.service, str) for p in sweep.open)


def test_what_was_not_asked_is_not_known_to_be_nameless():
    first = read({"tcp": {22: {"state": "open", "name": "ssh", "conf": "3", "product": ""}}})
    asked = read({"tcp": {22: {"state": "open", "name": "ssh", "conf": "10", "asked": True}}})
    assert first.open[0].guessed and not isinstance(first.open[0].product, str)
    assert not asked.open[0].guessed and asked.open[0].product == ""


def test_old_nmap_that_does_not_name_its_sums_ports_still_gives_states():
    host = {"tcp": {80: {"state": "open"}}, "extraports": [("closed", ""), ("filtered", "")]}
    sweep = read(host, frozenset({22, 80, 81}))
    assert sweep.closed == {22, 81}
    assert sweep.answered


def test_a_host_of_which_nmap_says_nothing_did_not_answer():
    assert read({}) == Sweep() and not read({}).answered


def test_states():
    facts = ports()
    assert [facts.state(n) for n in (22, 23, 200, 20001)] == ["open", "closed", "filtered", ""]


def who(number, name="", table=DATABASES, **known):
    return families(port(number, name, **known).seen, table)


def test_services_are_known_by_number_and_on_odd_ports_by_name():
    assert who(3306, "mysql") == ("mysql",)
    assert who(3999, "mysql", product="MariaDB") == ("mysql",)
    assert who(3999, "http", product="nginx") == ()
    assert families(Port(6379).seen, DATABASES) == ("redis",)  # nmap could not ask
    assert who(9999, "http", product="Elasticsearch REST API") == ("elasticsearch",)


def test_what_nmap_found_by_asking_goes_before_the_number():
    assert who(3306, "ssh", product="OpenSSH") == ()
    assert who(3306, "ssh", table=ADMIN, product="OpenSSH") == ("ssh",)


def test_ports_that_many_programs_use_are_no_panel_by_their_number():
    assert all(not families(Port(n).seen, ADMIN) for n in SHARED)
    assert who(10000, "http", table=ADMIN, product="MiniServ", extra="Webmin httpd") == ("webmin",)


def test_every_pattern_compiles_and_no_table_is_empty():
    for table in (ADMIN, DATABASES, FILE_SHARING, OPEN_DOORS, TALKATIVE):
        assert table
        families(port(1, "x", product="y").seen, table)


@given(st.integers(1, 65535), st.text(max_size=30), st.text(max_size=60), st.booleans())
def test_any_name_gives_a_tuple(number, name, product, guessed):
    seen = port(number, name, product=product, guessed=guessed).seen
    assert isinstance(families(seen, ADMIN), tuple)
