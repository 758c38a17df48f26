"""Pages of scorecards in a real Chromium that lets nothing out."""

import shutil
from contextlib import contextmanager
from functools import cache, partial

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from reports import html_report
from reports.scorecard import for_agency, scorecard
from tests.reports import crowd, factory, nasty

AGENCY = "bao-bac-lieu"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
MADE = {"demo": factory.assessment, "nasty": nasty.assessment, "full": crowd.full,
        "many": crowd.many, "some": partial(crowd.many, 12), "later": crowd.later}  # fmt: skip
BEYOND = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > wide) found.push("the page");
  for (const node of document.body.querySelectorAll("*")) {
    if (node.closest(".skip") || !node.checkVisibility()) continue;
    const at = node.getBoundingClientRect(), style = getComputedStyle(node);
    const cut = style.overflowX !== "visible" && !["SELECT", "INPUT"].includes(node.tagName)
      && node.clientWidth && node.scrollWidth > node.clientWidth + 1;
    const squeezed = node.innerText?.trim().length > 7 && at.width < 40 && at.height > 120;
    if (cut || squeezed || (at.width && (at.left < -1 || at.right > wide + 1)))
      found.push(node.outerHTML.slice(0, 160));
  }
  return found;
}"""
OVERLAP = """() => {
  const boxes = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!node.data.trim() || !node.parentElement.checkVisibility()
        || node.parentElement.closest("svg, .skip, script, select, summary")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const at of range.getClientRects())
      if (at.width > 1)
        boxes.push([at.top + 3, at.bottom - 3, at.left + 1, at.right - 1, node.data]);
  }
  boxes.sort((a, b) => a[0] - b[0]);
  const found = [];
  boxes.forEach((one, at) => {
    for (let next = at + 1; next < boxes.length && boxes[next][0] < one[1]; next++) {
      const other = boxes[next];
      if (other[2] < one[3] && one[2] < other[3]) found.push([one[4], other[4]]);
    }
  });
  return found;
}"""


@cache
def _whole(of, lang):
    return scorecard(
        MADE[of](), factory.profile(), lang,
        describe=factory.describe(lang), history=factory.history(),
    )  # fmt: skip


@cache
def card(of, lang="vi", agency=AGENCY):
    """A scorecard of `MADE`, by its name."""
    return for_agency(_whole(of, lang), agency) if agency else _whole(of, lang)


@cache
def _written(folder, of, lang, agency):
    path = folder / f"{of}-{lang}-{agency}.html"
    path.write_bytes(html_report.render(card(of, lang, agency)))
    return path


class Browser:
    """One Chromium; each page is a file's, and whatever leaves it is refused and remembered."""

    def __init__(self, chromium, folder):
        self._chromium, self._folder = chromium, folder

    @contextmanager
    def page(self, of, lang="vi", agency=AGENCY, size=DESKTOP, fragment="", **more):
        """A page that was loaded; in the end, nothing may have gone wrong on it."""
        path = _written(self._folder, of, lang, agency)
        context = self._chromium.new_context(viewport=size, **more)
        page, wrong = context.new_page(), []

        def route(one):
            if one.request.url.split("#")[0] == path.as_uri():
                one.continue_()
            else:
                wrong.append(one.request.url)
                one.abort()

        context.route("**/*", route)
        page.on("console", lambda said: wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.goto(path.as_uri() + fragment)
        try:
            yield page
        finally:
            context.close()
        assert wrong == []


@contextmanager
def chromium(folder):
    """Debian's Chromium; without its own sandbox, which root may not have."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield Browser(browser, folder)
        browser.close()


def ids(page, kind):
    """What is to be seen of a kind of rows: their ids."""
    return page.evaluate(
        "kind => [...document.querySelectorAll(`[data-row=${kind}]`)]"
        ".filter(node => node.checkVisibility()).map(node => node.dataset.id)",
        kind,
    )


def serious(page):
    """What axe-core finds that is serious or worse, in the page's present colours."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        (one["id"], one["nodes"][0]["html"])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
