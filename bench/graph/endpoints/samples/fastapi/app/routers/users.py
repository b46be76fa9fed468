from typing import Annotated

from fastapi import APIRouter, Depends

from ..deps import current_user

router = APIRouter(tags=["users"])


@router.get("/")
async def list_users():
    return []


@router.get("/{user_id}")
async def one(user_id: int, user: Annotated[str, Depends(current_user)]):
    return {}


@router.delete("/{user_id}")
async def remove(user_id: int, user: str = Depends(current_user)):
    return {}
