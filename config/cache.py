"""The cache in Valkey, with one client kept for each pool of connections."""

from typing import Any

from django.core.cache.backends import redis


class KeptClient(redis.RedisCacheClient):
    """Django makes a client for every command, which costs as much as the command. A client holds no state of a
    request, and takes its connection from the pool for each command, so one serves every thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        found = self._clients.get(pool)
        if found is None:
            found = self._clients[pool] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return found


class KeptRedisCache(redis.RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient
