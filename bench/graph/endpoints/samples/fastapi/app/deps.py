async def current_user():
    return "me"
