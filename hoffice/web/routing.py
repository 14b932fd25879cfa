"""Addresses of pages, compiled late: no process builds all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule that compiles how its address is built when that is first asked for.

    Werkzeug compiles two functions for each rule at the start: three quarters of the time in which
    the application is made.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002  # werkzeug's
        made: list[Builder] = []

        def build(rule: LateRule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(super(LateRule, rule)._compile_builder(append_unknown))
            return made[0](rule, **values)

        return build
