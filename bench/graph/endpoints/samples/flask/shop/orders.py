BASE = "/orders"


def show(order_id):
    return ""


def init_app(app):
    app.add_url_rule(f"{BASE}/<order_id>", "order", show)
    app.add_url_rule(BASE, endpoint="orders", view_func=lambda: "", methods=["POST"])
