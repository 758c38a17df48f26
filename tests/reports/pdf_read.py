"""What poppler reads from a PDF: its words with their places, and its text in its order."""

import re
import subprocess
from dataclasses import dataclass

_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.S)
_WORD = re.compile(
    r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', re.S
)


@dataclass(frozen=True)
class Word:
    """A word and its box in points, from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    def covers(self, other):
        """How much of the smaller box lies in the larger one."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        small = min(self.area, other.area)
        return max(0, wide) * max(0, high) / small if wide > 0 and high > 0 and small else 0

    @property
    def area(self):
        return (self.right - self.left) * (self.bottom - self.top)


def pages(path):
    """(width, height, words) of each page."""
    done = subprocess.run(["pdftotext", "-bbox", str(path), "-"], check=True, capture_output=True)
    for width, height, inside in _PAGE.findall(done.stdout.decode("utf-8")):
        words = [Word(*map(float, box), text) for *box, text in _WORD.findall(inside)]
        yield float(width), float(height), words


def bodies(path):
    """The text of each page without header and footer, in the order in which it was written."""
    crop = ["-r", "72", "-x", "0", "-y", "50", "-W", "600", "-H", "735"]
    done = subprocess.run(["pdftotext", "-raw", *crop, str(path), "-"], check=True,
                          capture_output=True)  # fmt: skip
    return done.stdout.decode("utf-8").split("\f")[:-1]


def squeezed(text):
    """Without blanks: lines may break anywhere."""
    return "".join(c for c in text if not c.isspace() and c not in "\u200b\u00ad")
