from fastapi import APIRouter

router = APIRouter(prefix="/items")
inner = APIRouter(prefix="/{item_id}/parts")


@router.post("", status_code=201)
def create():
    return {}


@inner.get("/{part}")
def part(item_id: int, part: str):
    return {}


router.include_router(inner)
unused = APIRouter(prefix="/unused")


@unused.get("/never")
def never():
    return {}
