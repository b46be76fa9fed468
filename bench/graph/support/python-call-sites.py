"""Reads a JSON list of files on standard input and prints the call sites of each: [line, column, name], 0-based.

Columns count UTF-16 units, as SCIP does.
"""

import ast
import json
import sys


def call_sites(text):
    lines = text.encode().split(b"\n")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        callee = node.func
        if isinstance(callee, ast.Name):
            name, line, offset = callee.id, callee.lineno, callee.col_offset
        elif isinstance(callee, ast.Attribute):
            name, line = callee.attr, callee.end_lineno
            offset = callee.end_col_offset - len(name.encode())
        else:
            continue
        before = lines[line - 1][:offset].decode(errors="replace")
        yield line - 1, len(before.encode("utf-16-le")) // 2, name


found = {}
for path in json.load(sys.stdin):
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            found[path] = list(call_sites(file.read()))
    except SyntaxError:
        found[path] = []
json.dump(found, sys.stdout)
