"""Scrapy's settings, built from the workspace's: polite unless the operator says otherwise.

Hides: the names Scrapy gives to politeness, limits and silence.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.config import Settings

__all__ = ["ScrapySetting", "scrapy_settings"]

ScrapySetting = (
    str | int | float | None | Mapping[str, int | None] | Mapping[str, str | None] | list[str]
)

_LEAST_DELAY = 0.001
"""Seconds. Without any, Scrapy 2.19 sends a site's whole queue at once (31 requests were seen under
way), whatever CONCURRENT_REQUESTS_PER_DOMAIN says: it counts a request only after its task began."""

_MIDDLEWARES = "scrapy.downloadermiddlewares"


def scrapy_settings(settings: Settings) -> dict[str, ScrapySetting]:
    """What Scrapy is told. One request at a time per site, robots obeyed, no telnet, cookies
    never kept, no proxy from the environment (it would hide where a request really goes)."""
    private = settings.get("crawl.allow_private", bool)
    return {
        "USER_AGENT": settings.get("crawl.user_agent", str),
        "ROBOTSTXT_OBEY": settings.get("crawl.obey_robots", bool),
        "DOWNLOAD_DELAY": max(settings.get("crawl.delay", float), _LEAST_DELAY),
        "DOWNLOAD_TIMEOUT": settings.get("crawl.timeout", float),
        "DOWNLOAD_MAXSIZE": settings.get("crawl.max_body", int),
        "DOWNLOAD_WARNSIZE": 0,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REDIRECT_MAX_TIMES": 5,
        "RETRY_TIMES": 2,
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        # What ``crawler.download`` raises, and what is packed wrongly; Scrapy's own list names its
        # other client too, which would be loaded for that alone.
        "RETRY_EXCEPTIONS": [
            *(
                f"scrapy.exceptions.{name}"
                for name in (
                    "CannotResolveHostError",
                    "DownloadConnectionRefusedError",
                    "DownloadFailedError",
                    "DownloadTimeoutError",
                    "ResponseDataLossError",
                )
            ),
            "builtins.OSError",
        ],
        "HTTPERROR_ALLOW_ALL": True,
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(("http", "https"), "crawler.download.PageDownload"),
            **dict.fromkeys(("data", "file", "ftp", "s3")),
        },
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # newest articles first
        "XUANJIAN_ALLOW_PRIVATE": private,
        "DOWNLOADER_MIDDLEWARES": {
            f"{_MIDDLEWARES}.offsite.OffsiteMiddleware": None,
            f"{_MIDDLEWARES}.httpauth.HttpAuthMiddleware": None,
            f"{_MIDDLEWARES}.robotstxt.RobotsTxtMiddleware": None,
            f"{_MIDDLEWARES}.downloadtimeout.DownloadTimeoutMiddleware": None,
            f"{_MIDDLEWARES}.defaultheaders.DefaultHeadersMiddleware": None,
            f"{_MIDDLEWARES}.useragent.UserAgentMiddleware": None,
            f"{_MIDDLEWARES}.redirect.RedirectMiddleware": None,
            "crawler.guard.GuardMiddleware": 50,
            "crawler.robots.RobotsMiddleware": 100,
            "crawler.download.Redirects": 600,
        },
        # What these do is done by the guard, the listing and the job, or not wanted (the article that
        # was read before is no referrer); each costs time on every request.
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
            "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
        },
        # The ledger counts what is worth counting.
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "DOWNLOADER_STATS": False,
        # Scrapy starts this many tasks for every page; our pipeline never waits, so one will do.
        "CONCURRENT_ITEMS": 1,
        # Scrapy parses the source of a callback anew for every page to look for a slip in it.
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "ITEM_PIPELINES": {"crawler.item_pipelines.StorePipeline": 300},
        "EXTENSIONS": {
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
        },
        "LOG_FORMATTER": "crawler.quiet.QuietLog",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "%(levelname)s: %(message)s",
        "DEFAULT_DROPITEM_LOG_LEVEL": "DEBUG",
    }
