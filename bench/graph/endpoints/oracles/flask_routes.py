"""Flask's own map of rules. HEAD, OPTIONS and the static folder are Flask's, not the application's."""
import json
import sys

sys.path.insert(0, sys.argv[1])
from shop import create_app

print(json.dumps([
    f"{method} {rule.rule}"
    for rule in create_app().url_map.iter_rules()
    if rule.endpoint != "static"
    for method in rule.methods - {"HEAD", "OPTIONS"}
]))
