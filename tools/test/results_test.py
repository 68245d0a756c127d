"""Tests of results.py; one result line a case."""

import pathlib
import sys
import tempfile

import results
from results import FAILED, PASSED, SKIPPED, Case

CASES = []


def case(name):
    return lambda function: CASES.append((name, function))


@case("lines become cases, and what stands before a failure its detail")
def _():
    found = results.from_lines("noise\nok - one\nbecause\nnot ok - two\nskip - three: no model: none\nend\n")
    assert found == [Case("one", PASSED), Case("two", FAILED, "because"), Case("three", SKIPPED, "no model: none")]


@case("silence is a failure")
def _():
    assert [c.state for c in results.judge("suite", [], 0, "")] == [FAILED]


@case("a crash after good cases is a failure")
def _():
    judged = results.judge("suite", [Case("one", PASSED)], -11, "last words")
    assert judged[-1] == Case("suite was ended by signal 11", FAILED, "last words")


@case("a failed case explains the exit code")
def _():
    cases = [Case("one", FAILED)]
    assert results.judge("suite", cases, 1, "") == cases


@case("JUnit: passed, failed, disabled and skipped; written and read again")
def _():
    written = [Case("a", PASSED), Case("b", FAILED, "why\x1b[0m"), Case("c", SKIPPED, "no data")]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "r.xml"
        results.write_junit(path, "s", written, 1.5)
        assert results.from_junit(path) == [
            Case("s.a", PASSED), Case("s.b", FAILED, "why[0m"), Case("s.c", SKIPPED, "no data")]
        path.write_text('<testsuites><testsuite><testcase name="d" status="notrun"/></testsuite></testsuites>')
        assert results.from_junit(path) == [Case("d", SKIPPED, "disabled")]


failed = False
for title, function in CASES:
    try:
        function()
        print(f"ok - results: {title}")
    except Exception as error:
        failed = True
        print(f"{type(error).__name__}: {error}")
        print(f"not ok - results: {title}")
sys.exit(1 if failed else 0)
