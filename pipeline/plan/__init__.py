"""Reading plans 方案/规划: from a document's text to a tree of numbered pieces.

``model`` holds the records and their JSON, the other modules build them.
"""
