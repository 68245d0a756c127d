#!/usr/bin/env python3
"""Runs the test suites (suites.py) and prints one closing line: N passed, N failed, N skipped.

    ./test                  every suite but the long ones
    ./test --all            the long ones too: TSan, long fuzzing, soak
    ./test --only SUITE     one suite (may be given again), set-up included
    ./test --list           the suites

Results are in build/test/: SUITE.xml (JUnit) and SUITE.log. Exit code 1 when a test failed.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor

import results
from suites import SUITES

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / "build/test"
NEED = TOP / "tools/setup/need.sh"
PROGRESS_SECONDS = 20
SHOWN_FAILURES = 20


def execute(command, folder, environment, seconds):
    """Runs a command in a process group of its own: exit code and output; the group ends with it."""
    try:
        process = subprocess.Popen(command, cwd=folder, env=environment, text=True, errors="replace",
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    except OSError as error:
        return 127, f"{command[0]}: {error.strerror}"
    try:
        output, _ = process.communicate(timeout=seconds)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        output, code = f"{output}\nno end within {seconds} s: killed", 124
    try:
        os.killpg(process.pid, signal.SIGKILL)  # what it left behind
    except ProcessLookupError:
        pass
    return code, output


class Run:
    def __init__(self, suites):
        self.suites = suites
        self.needs = {}     # need -> the reason it failed, or ""
        self.names = {"top": str(TOP), "build": str(BUILD)}

    def set_up(self, need):
        """Sets a need up once; the reason why it failed, or nothing."""
        if need not in self.needs:
            print(f"      setting up: {need}", flush=True)
            done = subprocess.run([NEED, need], cwd=TOP, stdin=subprocess.DEVNULL)
            self.needs[need] = f"set-up of '{need}' failed; its output is above" if done.returncode else ""
            if need == "python-test" and not done.returncode:
                self.names["python"] = (TOP / "build/setup/python-test").read_text().strip()
        return self.needs[need]

    def expand(self, text, more):
        for name, value in (self.names | more).items():
            text = text.replace("{" + name + "}", value)
        return text

    def command(self, suite, program=""):
        """Runs a suite's command once: its cases and its output."""
        label = program or suite.name
        xml_path = BUILD / suite.name / f"{label}.xml"
        xml_path.unlink(missing_ok=True)
        more = {"xml": str(xml_path), "program": program}
        environment = dict(os.environ, INTERPOSER=str(TOP / "build/release/interposer"), NO_COLOR="1")
        environment.update({k: self.expand(v, more) for k, v in suite.environment.items()})
        code, output = execute([self.expand(part, more) for part in suite.command], TOP / suite.folder,
                               environment, suite.seconds)
        if suite.format == "lines":
            cases = results.from_lines(output)
        elif xml_path.exists():
            try:
                cases = results.from_junit(xml_path)
            except xml.etree.ElementTree.ParseError:
                cases = []
        else:
            cases = []
        return results.judge(label, cases, code, output), output

    def programs(self, suite):
        path = TOP / suite.each
        listed = path.read_text().replace(";", "\n").split() if path.exists() else []
        if not listed:
            raise LookupError(f"{suite.each} lists no programs: the build made none")
        return listed

    def suite_cases(self, suite):
        """All cases of a suite; its log is written on the way."""
        for need in suite.needs:
            if reason := self.set_up(need):
                return [results.Case(suite.name, results.FAILED, reason)]
        folder = BUILD / suite.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            programs = self.programs(suite) if suite.each else [""]
        except LookupError as error:
            return [results.Case(suite.name, results.FAILED, str(error))]
        cases = []
        with open(BUILD / f"{suite.name}.log", "w", encoding="utf-8") as log, \
                ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            done = pool.map(lambda program: self.command(suite, program), programs)
            for program, (found, output) in zip(programs, done):
                log.write(f"=== {program or suite.name}\n{output}\n")
                cases += found
        return cases

    def report(self, suite, cases, seconds):
        counts = [results.count(cases, s) for s in (results.PASSED, results.FAILED, results.SKIPPED)]
        results.write_junit(BUILD / f"{suite.name}.xml", suite.name, cases, seconds)
        print(f"      {suite.name}: {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped "
              f"in {seconds:.0f} s", flush=True)
        failed = [case for case in cases if case.state == results.FAILED]
        for case in failed[:SHOWN_FAILURES]:
            print(f"      FAILED {case.name}")
            for line in case.detail.splitlines()[-results.TAIL_LINES:]:
                print(f"        {line}")
        if len(failed) > SHOWN_FAILURES:
            print(f"      and {len(failed) - SHOWN_FAILURES} more, see build/test/{suite.name}.xml")
        for case in cases:
            if case.state == results.SKIPPED:
                print(f"      skipped {case.name}: {case.detail}")
        sys.stdout.flush()
        return counts

    def all(self):
        totals = [0, 0, 0]
        for number, suite in enumerate(self.suites, 1):
            print(f"[{number}/{len(self.suites)}] {suite.name}: {suite.about}", flush=True)
            started = time.monotonic()
            with Ticker(suite.name):
                cases = self.suite_cases(suite)
            counts = self.report(suite, cases, time.monotonic() - started)
            totals = [a + b for a, b in zip(totals, counts)]
        return totals


class Ticker:
    """A line now and then while a suite runs, so that a watcher sees it is alive."""

    def __init__(self, name):
        self.name, self.over = name, threading.Event()

    def __enter__(self):
        self.started = time.monotonic()
        self.thread = threading.Thread(target=self.tick)
        self.thread.start()

    def tick(self):
        while not self.over.wait(PROGRESS_SECONDS):
            print(f"      {self.name}: {time.monotonic() - self.started:.0f} s", flush=True)

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def chosen(options):
    names = [suite.name for suite in SUITES]
    for name in options.only:
        if name not in names:
            raise SystemExit(f"test: no suite '{name}'; there are: {', '.join(names)}")
    if options.only:
        return [suite for suite in SUITES if suite.name in options.only]
    return [suite for suite in SUITES if options.all or not suite.only_all]


def main():
    parser = argparse.ArgumentParser(prog="test", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", action="append", default=[], metavar="SUITE")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    suites = chosen(options)
    if options.list:
        for suite in SUITES:
            print(f"{suite.name:<12}{'--all ' if suite.only_all else '      '}{suite.about}")
        return 0
    BUILD.mkdir(parents=True, exist_ok=True)
    passed, failed, skipped = Run(suites).all()
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
