"""The web console 控制台 (Litestar). Imports ``pipeline``, never ``crawler``."""
