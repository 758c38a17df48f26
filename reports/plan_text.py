"""What is left to do, agency by agency, on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from reports.i18n import Translator
from reports.sources import registered
from reports.text import clean, shorten
from scanner.profile import Control, Profile
from scanner.whatif import Action, Kind, Plan, WhatIf

MENDS, PEOPLE = 8, 6  # of one agency that are listed


def plans(of: WhatIf, profile: Profile, t: Translator) -> Group:
    """The order, and for each agency what to do."""
    lines: list[RenderableType] = [
        Text(t("What to do, and in which order"), style="bold"),
        Text(_head(of, t)),
    ]
    controls = {control.id: control for control in profile.controls}
    for number, plan in enumerate(of.plans, start=1):
        lines += [Text(), *_plan(number, plan, of, controls, t)]
    return Group(*lines)


def _head(of: WhatIf, t: Translator) -> str:
    if not of.plans:
        return t("Every agency that counts complies (reading {reading}).", reading=of.reading)
    order = t("Fewest things first: so most agencies are over the line soonest"
              " (reading {reading}).", reading=of.reading)  # fmt: skip
    if not of.enough:
        return order
    after = t.ngettext(
        "The target is reached after the first {n} agency.",
        "The target is reached after the first {n} agencies.",
        of.enough,
    )
    return f"{order} {after}"


def _plan(
    number: int, plan: Plan, of: WhatIf, controls: Mapping[str, Control], t: Translator
) -> list[RenderableType]:
    things = t.ngettext("{n} thing to do", "{n} things to do", plan.effort)
    head = f"{number}. {shorten(clean(plan.name), 60)}: {things}"
    if plan.open:
        head += t("; settles {n} requirements", n=len(plan.open))
    line = [Text(t("— here the target is reached —"), style="green")] if number == of.enough else []
    by_kind = {kind: [one for one in plan.actions if one.kind is kind] for kind in Kind}
    return [
        Text(head, style="bold"),
        *_mends(by_kind[Kind.MEND], t),
        *(_indented(_look(one, t)) for one in by_kind[Kind.LOOK]),
        *_people(by_kind[Kind.ATTEST], plan, controls, t),
        *(_indented(_dossier(one, t)) for one in by_kind[Kind.DOSSIER]),
        *(_indented(t("declare its system of level {level} or above", level=one.what))
          for one in by_kind[Kind.LEVEL]),
        *line,
    ]  # fmt: skip


def _mends(actions: Sequence[Action], t: Translator) -> Iterable[RenderableType]:
    describe = registered(t.lang)
    for one in sorted(actions, key=lambda action: -len(action.frees))[:MENDS]:
        check = describe(one.what)
        where = shorten(", ".join(one.assets), 60)
        frees = t.ngettext("{n} requirement", "{n} requirements", len(one.frees))
        yield _indented(f"• {one.what} ({one.system}: {clean(where)}; {frees})")
        yield Padding(Text(f"→ {shorten(check.first_step, 200)}", style="dim"), (0, 0, 0, 5))
    yield from _more(len(actions) - MENDS, t)


def _look(one: Action, t: Translator) -> str:
    if one.frees:
        said = t("scan {system} where it could not be looked at", system=one.system)
        return f"• {said} ({t.ngettext('{n} requirement', '{n} requirements', len(one.frees))})"
    return "• " + t("scan {system} as a whole, without a gap", system=one.system)


def _people(
    actions: Sequence[Action], plan: Plan, controls: Mapping[str, Control], t: Translator
) -> Iterable[RenderableType]:
    if not actions:
        return
    number = t.ngettext("attest {n} requirement", "attest {n} requirements", len(actions))
    systems = dict.fromkeys(one.system for one in actions)
    yield _indented(f"• {number}:")
    for one in actions[:PEOPLE]:
        control = controls.get(one.what)
        said = f"{control.clause} ({control.standard}): {control.title[t.lang]}" if control else ""
        yield Padding(Text(shorten(clean(said or one.what), 160), style="dim"), (0, 0, 0, 5))
    yield from _more(len(actions) - PEOPLE, t)
    for system in systems:
        command = f"press-scan attest sheet --system {plan.agency}/{system} --output {system}.xlsx"
        yield Padding(Text(f"→ {command}", style="dim", overflow="fold"), (0, 0, 0, 5))


def _dossier(one: Action, t: Translator) -> str:
    states = {
        "none": t("no dossier yet"),
        "drafted": t("drafted"),
        "proposed": t("proposed"),
        "appraised": t("appraised"),
        "approved": t("approved, but it contradicts itself"),
    }
    return "• " + t("bring the level dossier of {system} to its approval (now: {state})",
                    system=one.system, state=states[one.what])  # fmt: skip


def _more(rest: int, t: Translator) -> Iterable[RenderableType]:
    if rest > 0:
        yield Padding(Text(t("and {n} more", n=rest), style="dim"), (0, 0, 0, 5))


def _indented(text: str) -> RenderableType:
    return Padding(Text(text, overflow="fold"), (0, 0, 0, 3))
