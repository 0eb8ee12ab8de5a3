"""Three small sample news sites and the plan they are read against, for `xuanjian demo` and tests.

Everything here was written for the project; see `README.md` in this folder. The package imports
nothing of the crawler or the pipeline, so that it can stand for the outside world.
"""

from __future__ import annotations
