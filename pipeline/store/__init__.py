"""The database 数据库: the only SQL in Xuanjian.

``tables`` are the rows, ``store`` opens and migrates a database, ``plans``, ``items``,
``runs``, ``reviews`` and ``models`` are the questions asked of it.
"""
