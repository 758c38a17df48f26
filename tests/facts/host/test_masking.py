"""Masking: the quick look at a line lets nothing through that the whole one would mask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from facts.host import masking

WORDS = (
    "curl", "-u", "-p", "--password", "mysqldump", "echo", "printf", "openssl", "pass:", "://", "@",
    ":", "=", "|", "gpg", "authorization", "x-auth-token", "redis-cli", "-a", "zip", "-P", "7za",
    "API_KEY", "Bearer", "pwd", "sshpass", "smbclient", "-U", "ncftpput", "tftp", "kinit", "lftp",
    "ldapsearch", "-w", "mariadb-dump", "xtrabackup", "mongodump", "a1b2c3d4" * 5, "secret", "\\",
    "credentials", "user", "'x'", '"y z"', "$VAR", "/root/.pass", "https", "é", "ACCOUNT_KEY",
)  # fmt: skip


@given(some.lists(some.sampled_from(WORDS) | some.text(max_size=6), max_size=12), some.booleans())
def test_a_quick_look_misses_nothing(words, spaced):
    line = (" " if spaced else "").join(words)
    assert masking.masked(line) == "\n".join(map(masking._line, line.split("\n")))


def test_secrets_are_masked_and_others_left():
    text = "curl -u me:hunter2 https://x/\nls -l /srv\nexport DB_PASSWORD=hunter2\n"
    assert "hunter2" not in masking.masked(text)
    assert "ls -l /srv" in masking.masked(text)
