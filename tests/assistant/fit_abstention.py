#!/usr/bin/env python3
"""Fits the weights by which evidence mode picks its first sentence and answers or refuses (src/assistant/extract/abstain.cc).

    INTERPOSER_URL=http://127.0.0.1:8080 tests/assistant/fit_abstention.py [--words-only] [--verbose]

Needs numpy. Asks the running server the tuning questions, takes the measures of every sentence that was considered from
each answer's "why", and fits a logistic model by projected gradient descent with an L2 penalty. Which sentence answers
is not labelled, only the document: so the likeliest sentence of a right document is taken as the answer, and as the fit
changes it is chosen anew. Prints out-of-fold figures (the folds are by subject, so no question is judged by weights
that saw its document), then the weights of all together as they stand in the source.

--words-only: for a server whose base has no vectors (start it with INTERPOSER_CONFIG that names no embedder).
"""
import json
import os
import pathlib
import sys
import urllib.request

import numpy

TOP = pathlib.Path(__file__).resolve().parents[2]
FILES = ["tests/questions/tuning.tsv", "tests/assistant/tuning_more.tsv", "tests/assistant/tuning_wide.tsv",
         "tests/questions/handbook.tsv"]
# What can only speak for, or against, an answer may not get the other sign by chance.
SIGNS = dict(coverage=1, similarity=1, context_similarity=1, passage=1, rank=1, drop=1, drop_missing=1, gap=-1,
             meaning_gap=-1, meaning_missing=-1, names_missing=-1, name_unknown=-1, identifier_missing=-1,
             quantity_missing=-1, year_missing=-1, kind_missing=-1, count_missing=-1, focus_missing=-1,
             other_missing=-1, counted_other_missing=-1, superlative_missing=-1)
NAMES = list(SIGNS)
# A name, identifier or year that the sentence lacks is reason to doubt, however few of the questions show it.
FLOORS = dict(superlative_missing=1.0, name_unknown=1.0, identifier_missing=2.0, year_missing=2.0)
PENALTY = 0.004
STEPS = 1500
RATE = 0.5
ROUNDS = 4
FOLDS = 8
OTHERS = ((1.0, 0.3, 0.2), (0.25, 0.25))  # what the best sentences of a refusal, and of wrong documents, weigh
# Only their difference counts: these near misses were written beside the documents and are harder than most.
WANTED_RIGHT, WANTED_REFUSED = 0.89, 0.81


class Example:
    def __init__(self, file, row, answer):
        self.file, self.id, self.text = file, row[0], row[2]
        self.expected = None if row[3] == "-" else row[3].split("|")
        self.parts = {}
        for sentence in answer["why"]["considered"]:
            self.parts.setdefault(sentence["part"], []).append(sentence)
        self.documents = [[s["document"].split("/", 1)[1] for s in part] for part in self.parts.values()]
        self.measures = [numpy.array([[s["features"][n] for n in NAMES] for s in part]) for part in self.parts.values()]
        # The subject: named in the id of tuning_wide.tsv, else the document that it is about.
        about = (self.expected or [self.documents[0][0]])[0]
        self.subject = SUBJECTS.get(row[0].split("-")[1] if row[0].startswith("w-") else "", about)


SUBJECTS = dict(packaging="advanced-packaging.md", amd="amd-gpus.md", bench="benchmarks.md", cerebras="cerebras.md",
                cpo="co-packaged-optics.md", cooling="cooling.md", custom="custom-silicon.md",
                dcpower="data-centre-power.md", etched="etched.md", foundries="foundries.md", grid="grid.md",
                groq="groq.md", hbm="hbm.md", econ="inference-economics.md", landscape="landscape.md",
                litho="lithography.md", maia="maia.md", gaps="materials-gaps.md", mtia="mtia.md", net="networking.md",
                nvidia="nvidia-gpus.md", openai="openai-broadcom.md", other="other-accelerators.md",
                resist="photoresist-and-film.md", powerdeals="power-deals.md", rack="rack-assembly.md",
                soft="software-harness.md", taalas="taalas.md", tpu="tpu.md", trainium="trainium-inferentia.md",
                wafers="wafers.md", metrics="serving-metrics.pdf", offtopic="offtopic")


def ask(question):
    body = json.dumps({"question": question, "base": "handbook", "mode": "extract"}).encode()
    request = urllib.request.Request(os.environ["INTERPOSER_URL"] + "/api/v1/ask", body,
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def read_examples():
    for file in FILES:
        for line in (TOP / file).read_text(encoding="utf-8").splitlines():
            row = line.split("\t")
            if len(row) < 4 or row[0] == "id" or row[1] == "comparison":
                continue
            answer = ask(row[2])
            if answer.get("why", {}).get("considered") and not answer.get("table"):
                yield Example(pathlib.Path(file).stem, row, answer)


def collect(examples, odds):
    """Measures, labels and importances of the sentences to learn from."""
    rows, labels, importances = [], [], []
    for example in examples:
        if len(example.measures) != 1:
            continue  # which part a right document answers is not known
        order = numpy.argsort(-odds[example.id][0])
        right = [k for k in order if example.expected and example.documents[0][k] in example.expected]
        wrong = [k for k in order if not example.expected or example.documents[0][k] not in example.expected]
        for k in right[:1]:
            rows.append(example.measures[0][k])
            labels.append(1.0)
            importances.append(1.0)
        for k, importance in zip(wrong, OTHERS[1] if example.expected else OTHERS[0]):
            rows.append(example.measures[0][k])
            labels.append(0.0)
            importances.append(importance)
    return numpy.array(rows), numpy.array(labels), numpy.array(importances)


def descend(rows, labels, importances):
    spread = rows.std(axis=0) + 1e-6
    scaled = rows / spread
    signs = numpy.array([SIGNS[n] for n in NAMES], dtype=float)
    floors = numpy.array([FLOORS.get(n, 0.0) for n in NAMES]) * spread
    weights, bias = numpy.zeros(len(NAMES)), 0.0
    total = importances.sum()
    for _ in range(STEPS):
        error = (1 / (1 + numpy.exp(-(scaled @ weights + bias))) - labels) * importances / total
        bias -= RATE * error.sum()
        weights -= RATE * (scaled.T @ error + PENALTY * weights)
        weights = signs * numpy.maximum(weights * signs, floors)
    return weights / spread, bias


def judge(example, odds, limit):
    """(answered, right document first): the odds of a question are the mean of its parts' best."""
    answered = numpy.mean([part.max() for part in odds]) >= limit
    first = example.documents[0][int(odds[0].argmax())]
    return answered, bool(example.expected) and first in example.expected


def fit(examples):
    hand = numpy.array([SIGNS[n] * (0.5 if n in ("passage", "rank", "drop", "drop_missing") else 1.0) for n in NAMES])
    odds = {e.id: [part @ hand for part in e.measures] for e in examples}
    for _ in range(ROUNDS):
        weights, bias = descend(*collect(examples, odds))
        odds = {e.id: [part @ weights + bias for part in e.measures] for e in examples}
    asked = sum(1 for e in examples if e.expected) or 1
    near = sum(1 for e in examples if not e.expected) or 1

    def worth(limit):
        judged = [(e, *judge(e, odds[e.id], limit)) for e in examples]
        right = sum(answered and first for e, answered, first in judged) / asked
        refused = sum(not answered for e, answered, _ in judged if not e.expected) / near
        return min(right - WANTED_RIGHT, refused - WANTED_REFUSED)

    limits = sorted(numpy.mean([part.max() for part in o]) for o in odds.values())
    return weights, bias, max((worth(limit), limit) for limit in limits)[1]


def out_of_fold(examples, verbose):
    subjects = sorted({e.subject for e in examples})
    numpy.random.RandomState(1).shuffle(subjects)
    fold = {subject: k % FOLDS for k, subject in enumerate(subjects)}
    tally = {}
    for k in range(FOLDS):
        weights, bias, limit = fit([e for e in examples if fold[e.subject] != k])
        for example in (e for e in examples if fold[e.subject] == k):
            odds = [part @ weights + bias for part in example.measures]
            answered, right = judge(example, odds, limit)
            row = tally.setdefault(example.file, [0] * 6)
            good = (answered and right) if example.expected else not answered
            row[0 if example.expected else 4] += 1
            row[1 if example.expected else 5] += good
            row[2] += bool(example.expected) and not answered
            row[3] += bool(example.expected) and answered and not right
            if verbose and not good:
                best = int(odds[0].argmax())
                seen = " ".join(f"{n}={v:.2f}" for n, v in zip(NAMES, example.measures[0][best]) if abs(v) > 0.005)
                what = "ANSWERED" if not example.expected else "WRONGDOC" if answered else "REFUSED"
                mean = numpy.mean([part.max() for part in odds])
                print(f"{what} {example.id} {mean - limit:+.2f} {example.text} -> {example.documents[0][best]}: {seen}")
    for file, row in [*tally.items(), ("all", [sum(column) for column in zip(*tally.values())])]:
        print(f"out of fold, {file}: right first {row[1]} of {row[0]} (refused {row[2]}, another document {row[3]}), "
              f"refused {row[5]} of {row[4]}")


def main():
    examples = list(read_examples())
    out_of_fold(examples, "--verbose" in sys.argv)
    weights, bias, limit = fit(examples)
    print(f"bias {bias - limit:.2f}")
    for name, weight in zip(NAMES, weights):
        print(f"{name} {weight:.2f}")


if __name__ == "__main__":
    main()
