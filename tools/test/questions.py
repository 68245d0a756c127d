#!/usr/bin/env python3
"""Asks the questions of tests/questions of the sample base, and holds the answers to the figures that we promise.

    questions.py [FILE.tsv ...] [--each]      # the server is at $INTERPOSER_URL; see with_server.py

--each prints a line for every question. How a question passes is in tests/questions/README.md.
"""

import argparse
import csv
import dataclasses
import json
import os
import pathlib
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
BASE = "handbook"
HELD_OUT = [TOP / "tests/questions/handbook.tsv", TOP / "tests/questions/handbook2.tsv"]
SECONDS = 60
# What we want, and the floor under what is reached (docs/TESTING.md): below the floor the suite fails.
RIGHT_DOCUMENT, RIGHT_FLOOR = 0.85, 0.80  # of the answerable questions: the first citation is of the right document
REFUSED, REFUSED_FLOOR = 0.80, 0.65       # of the near misses


@dataclasses.dataclass
class Question:
    id: str
    kind: str
    text: str
    expected: list
    must_contain: list


def read_questions(path):
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row) < 4 or row[0] == "id":
                continue
            marks = row[4].split(";") if len(row) > 4 and row[4] else []
            yield Question(row[0], row[1], row[2], row[3].split("|"), [m.strip() for m in marks if m.strip()])


def call(path, body=None):
    request = urllib.request.Request(os.environ["INTERPOSER_URL"] + path, json.dumps(body).encode() if body else None,
                                     {"Content-Type": "application/json"} if body else {})
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return json.load(answer)


class Texts:
    """The stored text of document versions, each fetched once."""

    def __init__(self):
        self.known = {}

    def bytes_of(self, document, version):
        key = (document, version)
        if key not in self.known:
            base, _, name = document.partition("/")
            path = f"/api/v1/documents/{base}/{urllib.parse.quote(name, safe='')}?version={urllib.parse.quote(version)}"
            self.known[key] = call(path)["text"].encode()
        return self.known[key]

    def fault_of(self, citation):
        """What is wrong with a citation, or nothing."""
        try:
            text = self.bytes_of(citation["document"], citation["version"])
        except (urllib.error.URLError, KeyError, ValueError) as error:
            return f"{citation.get('document')} does not open: {error}"
        span = text[citation["start"]:citation["end"]]
        if not span or span != citation["quote"].encode():
            return f"{citation['document']} {citation['start']}:{citation['end']} is not the quote {citation['quote'][:60]!r}"
        return ""


def first_document(answer):
    """The file name of the first citation that a reader meets."""
    numbers = [n for sentence in answer.get("sentences", []) for n in sentence["citations"]]
    cited = {citation["n"]: citation for citation in answer.get("citations", [])}
    first = cited.get(numbers[0]) if numbers else next(iter(cited.values()), None)
    return pathlib.PurePosixPath(first["document"]).name if first else ""


def plain(text):
    """Lower case, without thousands separators and with plain spaces."""
    return " ".join(re.sub(r"(?<=\d)[,\u00a0\u2009\u202f](?=\d{3})", "", text).lower().split())


def holds(mark, text):
    """Whether a mark stands in a text; a number only as a whole."""
    pattern = re.escape(plain(mark))
    if mark[0].isdigit():
        pattern = r"(?<![\d.])" + pattern
    if mark[-1].isdigit():
        pattern += r"(?!\d|\.\d)"
    return re.search(pattern, plain(text)) is not None


class Tally:
    def __init__(self):
        self.texts = Texts()
        self.asked = {"near_miss": 0, "other": 0}
        self.refused = self.right = self.marked = self.citations = 0
        self.faults, self.wrong, self.accepted, self.broken = [], [], [], []

    def judge(self, question):
        """One question's line."""
        try:
            answer = call("/api/v1/ask", {"question": question.text, "base": BASE})
        except (urllib.error.URLError, TimeoutError, ValueError) as error:
            self.broken.append(f"{question.id}: {error}")
            return "broken"
        for citation in answer.get("citations", []):
            self.citations += 1
            if fault := self.texts.fault_of(citation):
                self.faults.append(f"{question.id}: {fault}")
        if question.kind == "near_miss":
            return self.judge_near_miss(question, answer)
        return self.judge_answer(question, answer)

    def judge_near_miss(self, question, answer):
        self.asked["near_miss"] += 1
        if answer["refused"]:
            self.refused += 1
            return "refused"
        said = " ".join(sentence["text"] for sentence in answer.get("sentences", []))
        self.accepted.append(f"{question.id}: {question.text} -> {said[:160]}")
        return "ANSWERED, but nobody has published it"

    def judge_answer(self, question, answer):
        self.asked["other"] += 1
        document = first_document(answer)
        quotes = " ".join(citation["quote"] for citation in answer.get("citations", []))
        self.marked += all(holds(mark, quotes) for mark in question.must_contain)
        if document in question.expected:
            self.right += 1
            return f"right: {document}"
        said = "refused" if answer["refused"] else f"{document or 'no citation'}"
        self.wrong.append(f"{question.id}: {question.text} -> {said}, not {'|'.join(question.expected)}")
        return f"WRONG: {said}"


def verdict(name, good, details):
    for detail in details:
        print(detail)
    print(f"{'ok' if good else 'not ok'} - {name}", flush=True)
    return good


def judge_file(path, each):
    """True when the answers to one file's questions keep what we promise."""
    tally = Tally()
    for question in read_questions(path):
        line = tally.judge(question)
        if each:
            print(f"{question.id} {question.kind}: {line}", flush=True)
    other, near = tally.asked["other"], tally.asked["near_miss"]
    good = [
        verdict(f"{path.stem}: every question gets an answer or a refusal", not tally.broken and other + near > 0, tally.broken),
        verdict(f"{path.stem}: every citation resolves verbatim ({tally.citations})",
                not tally.faults and tally.citations > 0, tally.faults),
        verdict(f"{path.stem}: the first citation is the right document: {tally.right} of {other}, floor {RIGHT_FLOOR:.0%}, "
                f"wanted {RIGHT_DOCUMENT:.0%}", other > 0 and tally.right >= RIGHT_FLOOR * other, tally.wrong),
        verdict(f"{path.stem}: near misses are refused: {tally.refused} of {near}, floor {REFUSED_FLOOR:.0%}, "
                f"wanted {REFUSED:.0%}", tally.refused >= REFUSED_FLOOR * near, tally.accepted),
    ]
    print(f"the quotes hold what was asked for in {tally.marked} of {other}")
    return all(good)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path, default=HELD_OUT)
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    good = [judge_file(path, options.each) for path in options.files]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
