from flask import Blueprint
from flask.views import MethodView

bp = Blueprint("items", __name__, url_prefix="/things")


class BaseView(MethodView):
    def get(self, item_id):
        return ""


class ItemView(BaseView):
    def delete(self, item_id):
        return ""


@bp.post("/")
@bp.post("/new")
def create():
    return ""
