"""Runs `python -m pytest ...` under coverage.py and leaves its JSON report.

usage: hil_coverage.py FOLDER -m pytest ARGUMENT...
Without coverage.py in the environment the tests run without it: measuring is never a reason to fail.
"""
import os
import runpy
import sys

folder = sys.argv[1]
sys.argv = sys.argv[3:]
sys.path[0] = os.getcwd()

try:
    import coverage
except ImportError:
    coverage = None
try:
    import pytest_cov  # noqa: F401

    # The plugin follows workers and subprocesses, and two measurements at once disturb each other.
    sys.argv += ["--cov=.", "--cov-report=json:" + os.path.join(folder, "coverage.json")]
    os.environ["COVERAGE_FILE"] = os.path.join(folder, "coverage.data")
    coverage = None
except ImportError:
    pass

if coverage is None:
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    sys.exit(0)

measured = coverage.Coverage(
    data_file=os.path.join(folder, "coverage.data"), source=["."], messages=False
)
measured.start()
code = 0
try:
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)
except SystemExit as end:
    code = end.code
finally:
    measured.stop()
    try:
        measured.json_report(outfile=os.path.join(folder, "coverage.json"), ignore_errors=True)
    except coverage.CoverageException:
        pass
sys.exit(code)
