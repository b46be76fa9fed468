"""Prints the imports between the modules of packages as grimp finds them: [[importer, imported], ...], dotted names.

python-imports.py FOLDER PACKAGE...   FOLDER holds the packages
"""

import json
import sys

import grimp

folder, *packages = sys.argv[1:]
sys.path.insert(0, folder)
graph = grimp.build_graph(*packages, cache_dir=None)
edges = [
    [module, imported]
    for module in sorted(graph.modules)
    for imported in sorted(graph.find_modules_directly_imported_by(module))
]
json.dump({"modules": sorted(graph.modules), "edges": edges}, sys.stdout)
