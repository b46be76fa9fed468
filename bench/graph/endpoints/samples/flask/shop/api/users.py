from functools import wraps

from flask import Blueprint

users = Blueprint("users", __name__)


def login_required(view):
    @wraps(view)
    def inner(*args, **kwargs):
        return view(*args, **kwargs)

    return inner


@users.route("")
def list_users():
    return []


@users.route("/<uuid:user_id>", methods=("PUT", "DELETE"))
@login_required
def change_user(user_id):
    return ""
