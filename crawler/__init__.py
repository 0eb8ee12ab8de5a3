"""The crawler 采集: the only room that imports Scrapy.

Pure parts (``encoding``, ``markup``, ``dates``, ``listing``, ``body``, ``extract``, ``spam``,
``ledger``) take bytes or values and return values; ``sources`` reads declarations; the rest
is the edge: ``spider``, ``item_pipelines``, ``guard``, ``archive``, ``quiet``, ``settings``, ``run``.
"""
