from fastapi import Depends, FastAPI

from app.routers import items, users
from app.routers.admin import router as admin_router
from .deps import current_user
from .sub import sub

API = "/api"


def create_app() -> FastAPI:
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    application.include_router(users.router, prefix=f"{API}/users")
    application.include_router(items.router, prefix=API)
    application.include_router(admin_router, dependencies=[Depends(current_user)])
    application.mount("/sub", sub)
    return application


app = create_app()


@app.get("/")
async def root():
    return {}


@app.api_route("/multi", methods=["GET", "PUT"])
async def multi():
    return {}


async def added():
    return {}


app.add_api_route("/added", added, methods=["POST"])


@app.websocket("/ws/{room}")
async def socket(websocket, room: str):
    await websocket.accept()
