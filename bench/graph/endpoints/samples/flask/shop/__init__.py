from flask import Flask

from .api import api
from .admin.views import admin, public
from . import orders


def create_app():
    app = Flask(__name__)
    app.register_blueprint(api)
    app.register_blueprint(admin, url_prefix="/back")
    app.register_blueprint(public)
    orders.init_app(app)

    @app.route("/")
    def index():
        return "ok"

    @app.route("/submit/", methods=["GET", "POST"])
    def submit():
        return ""

    return app
