from flask import Blueprint

from .users import users
from .items import ItemView, bp as items

api = Blueprint("api", __name__, url_prefix="/api/v1")
api.register_blueprint(users, url_prefix="/users")
api.register_blueprint(items)


@api.get("/ping")
def ping():
    return "pong"


api.add_url_rule("/items/<int:item_id>", view_func=ItemView.as_view("item"))
