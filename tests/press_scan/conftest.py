import pytest

from tests.press_scan.program import Program
from tests.press_scan.province import Province, profiles


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


@pytest.fixture(scope="session")
def province():
    return Province(20261123)


@pytest.fixture(scope="session")
def kept(province, tmp_path_factory):
    """The program, with a database that holds the province."""
    folder = tmp_path_factory.mktemp("province")
    province.keep(folder / "s.db", profiles(folder))
    return Program(folder), folder / "s.db"
