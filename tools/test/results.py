"""What a suite's command reported, as a list of cases, and the files written from it."""

import xml.etree.ElementTree as xml
from dataclasses import dataclass

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
TAIL_LINES = 40


@dataclass(frozen=True)
class Case:
    name: str
    state: str
    detail: str = ""


def from_lines(text):
    """Cases of `ok - `, `not ok - ` and `skip - ` lines; other lines before one are its detail."""
    cases, before = [], []
    for line in text.splitlines():
        for mark, state in (("ok - ", PASSED), ("not ok - ", FAILED), ("skip - ", SKIPPED)):
            if line.startswith(mark):
                name = line[len(mark):]
                reason = ""
                if state == SKIPPED:
                    name, _, reason = name.partition(": ")
                detail = "\n".join(before[-TAIL_LINES:]) if state == FAILED else reason
                cases.append(Case(name, state, detail))
                before = []
                break
        else:
            before.append(line)
    return cases


def from_junit(path):
    """Cases of a JUnit file as GoogleTest and Vitest write it. A broken file raises ParseError."""
    cases = []
    for case in xml.parse(path).getroot().iter("testcase"):
        name = ".".join(part for part in (case.get("classname", ""), case.get("name", "")) if part)
        failures = case.findall("failure") + case.findall("error")
        if failures:
            detail = "\n".join(f.text or f.get("message", "") for f in failures)
            cases.append(Case(name, FAILED, detail))
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped = case.find("skipped")
            reason = "disabled" if skipped is None else skipped.get("message", "").strip()
            cases.append(Case(name, SKIPPED, reason))
        else:
            cases.append(Case(name, PASSED))
    return cases


def judge(label, cases, exit_code, output):
    """The cases, and one more where the command itself did not end as it should have."""
    tail = "\n".join(output.splitlines()[-TAIL_LINES:])
    if exit_code == 0 and not cases:
        return [Case(f"{label} reported no tests", FAILED, tail)]
    if exit_code != 0 and not any(case.state == FAILED for case in cases):
        how = f"was ended by signal {-exit_code}" if exit_code < 0 else f"ended with exit code {exit_code}"
        return [*cases, Case(f"{label} {how}", FAILED, tail)]
    return cases


def count(cases, state):
    return sum(case.state == state for case in cases)


def printable(text):
    """XML allows no control characters but tab and line ends."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def write_junit(path, suite, cases, seconds):
    root = xml.Element("testsuite", name=suite, tests=str(len(cases)), time=f"{seconds:.1f}",
                       failures=str(count(cases, FAILED)), skipped=str(count(cases, SKIPPED)))
    for case in cases:
        node = xml.SubElement(root, "testcase", classname=suite, name=printable(case.name))
        if case.state == FAILED:
            xml.SubElement(node, "failure").text = printable(case.detail)
        elif case.state == SKIPPED:
            xml.SubElement(node, "skipped", message=printable(case.detail))
    xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
