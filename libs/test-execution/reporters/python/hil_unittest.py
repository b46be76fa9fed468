"""Runs unittest with the arguments given and streams each test as it ends."""
import inspect
import os
import sys
import time
import unittest

import hil_report

_totals = {"passed": 0, "failed": 0, "skipped": 0, "errors": 0}


class _Result(unittest.TextTestResult):
    def startTest(self, test):
        super().startTest(test)
        self._started = time.monotonic()
        self._subtest_failed = False

    def _emit(self, test, status, message=None):
        _totals["errors" if status == "error" else status] += 1
        try:
            file = inspect.getsourcefile(type(getattr(test, "test_case", test)))
        except TypeError:
            file = None
        started = getattr(self, "_started", None)
        hil_report.report(
            type="case",
            # Errors of loading or of a class fixture belong to no file of the repository.
            file=file if hasattr(getattr(test, "test_case", test), "_testMethodName") and "unittest" not in (file or "") else None,
            name=test.id().replace(".", " > ") if "(" not in test.id() else test.id(),
            status=status,
            durationMs=None if started is None else round((time.monotonic() - started) * 1000, 3),
            message=None if message is None else message[-8000:],
        )

    def addSuccess(self, test):
        super().addSuccess(test)
        self._emit(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._emit(test, "failed", self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self._emit(test, "error", self._exc_info_to_string(err, test))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            status = "failed" if issubclass(err[0], test.failureException) else "error"
            self._emit(subtest, status, self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._emit(test, "skipped", reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._emit(test, "skipped", "expected failure")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._emit(test, "failed", "unexpected success")


def _file(part):
    while isinstance(part, unittest.TestSuite):
        inner = next(iter(part), None)
        if inner is None:
            return None
        part = inner
    try:
        return inspect.getsourcefile(type(part))
    except TypeError:
        return None


class _Runner(unittest.TextTestRunner):
    resultclass = _Result

    def run(self, test):
        first = set(filter(None, os.environ.get("HIL_FIRST", "").split("\n")))
        if first:
            test = unittest.TestSuite(sorted(test, key=lambda part: _file(part) not in first))
        result = super().run(test)
        hil_report.report(type="end", totals=_totals)
        return result


if __name__ == "__main__":
    sys.path[0] = ""
    unittest.main(module=None, testRunner=_Runner, argv=["unittest", *sys.argv[1:]])
