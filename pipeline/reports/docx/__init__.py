"""The report as Word papers: the 通报, the 科技简报 and the 宣传空白核实单.

Hides: how an official paper is laid out (``styles``), which file it is written into (``template``)
and how it is written there (``paper``); the other modules say what stands in which paper.
"""
