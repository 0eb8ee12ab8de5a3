"""Xuanjian's product: plans read, news mapped to them, coverage proved, reports written.

The rooms inside import one way only (see ``docs/architecture.md``); nothing here
knows the crawler, Scrapy or the console.
"""

__version__ = "0.1.0"
