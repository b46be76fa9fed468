from flask import Blueprint

admin = Blueprint("admin", __name__, url_prefix="/admin")
public = Blueprint("public", __name__)
unused = Blueprint("unused", __name__, url_prefix="/unused")


@admin.route("/stats")
def stats():
    return ""


@public.patch("/public/<path:rest>")
def change(rest):
    return ""


@unused.route("/never")
def never():
    return ""
