"""Health check of the web container: /healthz as the proxy would ask for it."""

import urllib.request

REQUEST = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"X-Forwarded-Proto": "https"})

with urllib.request.urlopen(REQUEST, timeout=4) as answer:  # noqa: S310  (a fixed address)
    raise SystemExit(0 if answer.status == 200 else 1)
