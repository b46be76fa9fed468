from fastapi import APIRouter

router = APIRouter(prefix="/admin")


@router.patch("/settings")
def settings():
    return {}
