"""The only door to PyVRP: a problem goes in, a checked plan comes out.

``model`` is the engine's view, ``search`` one search in this process, ``parallel`` and ``child``
several in processes of their own, ``planner`` the whole way from problem to plan, ``benchmark``
public instances.
"""

from __future__ import annotations

from .benchmark import Benchmark, benchmark
from .planner import ENGINE, PyvrpSolver
from .search import DEFAULT_SECONDS, improve

__all__ = ["DEFAULT_SECONDS", "ENGINE", "Benchmark", "PyvrpSolver", "benchmark", "improve"]
