"""pytest plugin (-p hil_pytest): streams each test as it ends, counted as pytest's summary counts."""
import os

import hil_report
import pytest

_totals = {"passed": 0, "failed": 0, "skipped": 0, "errors": 0}
_root = os.getcwd()
_is_worker = False


def _emit(nodeid, status, duration=None, message=None):
    path, _, rest = nodeid.partition("::")
    _totals["errors" if status == "error" else status] += 1
    hil_report.report(
        type="case",
        file=os.path.join(_root, path),
        name=rest.replace("::", " > ") or "the test file",
        status=status,
        durationMs=None if duration is None else round(duration * 1000, 3),
        message=None if message is None else message[-8000:],
    )


def pytest_configure(config):
    global _root, _is_worker
    _root = str(getattr(config, "rootpath", None) or config.rootdir)
    # Under xdist the controller reports for its workers.
    _is_worker = hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    first = set(filter(None, os.environ.get("HIL_FIRST", "").split("\n")))
    if first:
        # Stable, so that the order inside a file and fixture scopes hold.
        items.sort(key=lambda item: str(item.fspath) not in first)


def pytest_runtest_logreport(report):
    if _is_worker:
        return
    if type(report).__name__ in ("SubTestReport", "SubtestReport"):
        if report.failed:
            _emit(report.nodeid, "failed", report.duration, report.longreprtext)
        return
    expected = hasattr(report, "wasxfail")
    if report.skipped and (report.when in ("setup", "call")):
        reason = "expected failure: %s" % report.wasxfail if expected else report.longreprtext
        if isinstance(report.longrepr, tuple):
            reason = str(report.longrepr[2])
        _emit(report.nodeid, "skipped", report.duration, reason)
    elif report.when == "call":
        status = "passed" if report.passed else "failed"
        message = None if report.passed else report.longreprtext
        _emit(report.nodeid, status, report.duration, message)
    elif report.failed:
        _emit(report.nodeid, "error", report.duration, report.longreprtext)


def pytest_collectreport(report):
    if _is_worker:
        return
    if report.failed:
        _emit(report.nodeid, "error", None, report.longreprtext)
    elif report.skipped:
        _emit(report.nodeid, "skipped", None, None)


def pytest_sessionfinish(session, exitstatus):
    if not _is_worker:
        hil_report.report(type="end", totals=_totals)
