"""The launcher of the embedded PostgreSQL and Valkey, and the supervisor of `make run`.

Pure Python: nothing here imports Django, so that the servers are up before the first line of the application runs.
"""
