"""The records of ``pipeline.assignment``, under their former address."""

from pipeline.assignment import Evidence, ItemAssignments, ThemeScore

__all__ = ["Evidence", "ItemAssignments", "ThemeScore"]
