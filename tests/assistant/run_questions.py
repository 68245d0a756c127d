#!/usr/bin/env python3
"""Asks the questions of a file through the real binary, and holds the answers to what the first issue promises.

    run_questions.py FILE.tsv [--binary build/release/interposer] [--home DIR] [--base handbook]

Every citation is checked through `interposer source show DOCUMENT@VERSION --range START:END`. Passes when all
citations are verbatim, at least 85 % of the first citations come from a right document, and at least 80 % of what the
base cannot answer is refused. The file: id, kind, question, expected (file names with "|" between; "-": a refusal),
must_contain (not needed here), tab separated.
"""
import argparse
import json
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
RIGHT_FIRST = 0.85
REFUSED = 0.80
ANSWERED, REFUSAL = 0, 3  # exit codes of `interposer ask`
SECONDS = 120


class Runner:
    def __init__(self, options):
        self.options = options
        self.spans = {}

    def run(self, *arguments):
        command = [self.options.binary, *arguments]
        if self.options.home:
            command += ["--home", self.options.home]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS)

    def ask(self, question):
        done = self.run("ask", question, "--base", self.options.base, "--json")
        if done.returncode not in (ANSWERED, REFUSAL):
            raise RuntimeError(f"exit code {done.returncode}")
        answer = json.loads(done.stdout)
        if answer["refused"] != (done.returncode == REFUSAL):
            raise RuntimeError("the exit code and 'refused' disagree")
        return answer

    def fault_of(self, citation):
        key = (f"{citation['document']}@{citation['version']}", f"{citation['start']}:{citation['end']}")
        if key not in self.spans:
            self.spans[key] = self.run("source", "show", key[0], "--range", key[1]).stdout
        quote = citation["quote"].encode()
        return "" if self.spans[key] == quote else f"{key[0]} {key[1]} is {self.spans[key][:60]!r}, not {quote[:60]!r}"


def first_document(answer):
    cited = [n for sentence in answer["sentences"] for n in sentence["citations"]]
    for citation in answer["citations"]:
        if cited and citation["n"] == cited[0]:
            return citation["document"].split("/", 1)[1]
    return ""


def judge(row, answer):
    """None: passed; else why not."""
    if row[3] == "-":
        return None if answer["refused"] else f"answered: {answer['answer'][:100]!r}"
    if answer["refused"]:
        return "refused"
    first = first_document(answer)
    return None if first in row[3].split("|") else f"first citation is of {first or 'nothing'}, not {row[3]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--binary", default=str(TOP / "build/release/interposer"))
    parser.add_argument("--home", default="")
    parser.add_argument("--base", default="handbook")
    runner = Runner(parser.parse_args())
    asked = {"answer": 0, "refusal": 0}
    passed = {"answer": 0, "refusal": 0}
    citations = faults = broken = 0
    for line in runner.options.file.read_text(encoding="utf-8").splitlines():
        row = line.split("\t")
        if len(row) < 4 or row[0] == "id":
            continue
        kind = "refusal" if row[3] == "-" else "answer"
        asked[kind] += 1
        try:
            answer = runner.ask(row[2])
        except (RuntimeError, ValueError, subprocess.TimeoutExpired) as error:
            broken += 1
            print(f"not ok - {row[0]}: {row[2]}: {error}", flush=True)
            continue
        why = judge(row, answer)
        for citation in answer["citations"]:
            citations += 1
            if fault := runner.fault_of(citation):
                faults += 1
                why = fault
        passed[kind] += why is None
        print(f"ok - {row[0]}" if why is None else f"not ok - {row[0]}: {row[2]}: {why}", flush=True)
    right = passed["answer"] / max(1, asked["answer"])
    refused = passed["refusal"] / max(1, asked["refusal"])
    print(f"# verbatim {citations - faults} of {citations} citations; first citation right {passed['answer']} of "
          f"{asked['answer']}; refused {passed['refusal']} of {asked['refusal']}; broken {broken}")
    good = not faults and not broken and right >= RIGHT_FIRST and (refused >= REFUSED or not asked["refusal"])
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
