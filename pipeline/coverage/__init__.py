"""Proving coverage 覆盖: from assignments, reviews and the ledger to one ``CoverageReport``."""
