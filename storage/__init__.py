"""SQL and nothing else: the database, its tables, and one module per table's queries.

Every query is a plain function over a SQLAlchemy `Connection`; `storage.database.Database` hands that connection out.
Times come in as an argument and are aware; JSON crosses as text that others write and read.
"""
