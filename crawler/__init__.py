"""The crawler 采集: the only room that imports Scrapy.

Pure parts (``encoding``, ``markup``, ``dates``, ``listing``, ``list_data``, ``paging``, ``feeds``,
``body``, ``titles``, ``published``, ``metadata``, ``extract``, ``spam``, ``ledger``) take bytes or
values and return values; ``sources`` reads declarations; the rest is the edge: ``spider``,
``item_pipelines``, ``guard``, ``archive``, ``notes``, ``quiet``, ``settings``, ``run``.
"""
