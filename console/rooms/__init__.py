"""Rooms of the console: each module holds the pages and changes of one subject, in ``ROUTES``."""
