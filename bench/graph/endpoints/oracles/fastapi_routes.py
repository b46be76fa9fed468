"""FastAPI's own OpenAPI document, of the application and of what is mounted in it; sockets from its routes."""
import json
import sys

sys.path.insert(0, sys.argv[1])
from app.main import app


def routes(owner, prefix=""):
    for path, methods in owner.openapi()["paths"].items():
        for method in methods:
            yield f"{method.upper()} {prefix}{path}"
    for one in owner.routes:
        if type(one).__name__ == "Mount":
            yield from routes(one.app, prefix + one.path)
        elif type(one).__name__ == "APIWebSocketRoute":
            yield f"WEBSOCKET {prefix}{one.path}"


print(json.dumps(list(routes(app))))
