#!/usr/bin/env python3
"""Fits the weights by which evidence mode answers or refuses (src/assistant/extract/abstain.cc).

    INTERPOSER_URL=http://127.0.0.1:8080 tests/assistant/fit_abstention.py

Asks the running server the tuning questions (never tests/questions/handbook.tsv), takes the measures from each
answer's "why", and fits a logistic model by gradient descent with an L2 penalty. Prints the weights as they stand in
the source, and how many answers and refusals they get right, fitted and left one out in ten.
"""
import json
import math
import os
import pathlib
import sys
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
FILES = [TOP / "tests/questions/tuning.tsv", TOP / "tests/assistant/tuning_more.tsv"]
NAMES = ["coverage", "soft_coverage", "similarity", "names_missing", "unknown", "gap", "kind_missing",
         "head_missing", "passage", "together"]
# What can only speak for, or against, an answer may not get the other sign by chance.
SIGNS = dict(coverage=1, soft_coverage=1, similarity=1, names_missing=-1, unknown=-1, gap=-1, kind_missing=-1,
             head_missing=-1, passage=1, together=1)
# A name that the sentence lacks is reason to doubt, however few of the tuning questions show it.
CEILINGS = dict(names_missing=-1.0)
PENALTY = 0.003
STEPS = 6000
RATE = 0.3
REFUSALS_WEIGH = 1.6  # a wrong answer costs more than a wrong refusal


def ask(question):
    body = json.dumps({"question": question, "base": "handbook", "mode": "extract"}).encode()
    request = urllib.request.Request(os.environ["INTERPOSER_URL"] + "/api/v1/ask", body,
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def read_examples():
    for file in FILES:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = line.split("\t")
            if len(row) < 4 or row[0] == "id":
                continue
            features = ask(row[2]).get("why", {}).get("features")
            if features:
                yield row[0], [features[name] for name in NAMES], 0 if row[3] == "-" else 1


def fit(examples):
    weights, bias = [0.0] * len(NAMES), 0.0
    weight = [1.0 if label else REFUSALS_WEIGH for _, _, label in examples]
    total = sum(weight)
    for _ in range(STEPS if len(examples) < 400 else STEPS // 10):
        gradient, slope = [PENALTY * w for w in weights], 0.0
        for (_, x, label), importance in zip(examples, weight):
            error = (probability(weights, bias, x) - label) * importance / total
            slope += error
            for i, value in enumerate(x):
                gradient[i] += error * value
        bias -= RATE * slope
        for i, name in enumerate(NAMES):
            weights[i] -= RATE * gradient[i]
            if weights[i] * SIGNS[name] < 0:
                weights[i] = 0.0
            weights[i] = min(weights[i], CEILINGS.get(name, weights[i]))
    return weights, bias


def probability(weights, bias, x):
    z = bias + sum(w * v for w, v in zip(weights, x))
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, z))))


def score(weights, bias, examples):
    answered = sum(1 for _, x, label in examples if label and probability(weights, bias, x) >= 0.5)
    refused = sum(1 for _, x, label in examples if not label and probability(weights, bias, x) < 0.5)
    return answered, refused


def words_only(examples):
    """The measures as a base without vectors has them."""
    for name, x, label in examples:
        f = dict(zip(NAMES, x))
        f.update(soft_coverage=f["coverage"], similarity=0.0, passage=0.0, together=f["coverage"])
        yield name, [f[n] for n in NAMES], label


def main():
    examples = list(read_examples())
    if "--words-only" in sys.argv:
        examples = list(words_only(examples))
    positive = sum(label for _, _, label in examples)
    weights, bias = fit(examples)
    answered, refused = score(weights, bias, examples)
    print(f"fitted: answered {answered} of {positive}, refused {refused} of {len(examples) - positive}")
    if "--folds" in sys.argv:
        sums = [0, 0]
        for fold in range(10):
            w, b = fit([e for i, e in enumerate(examples) if i % 10 != fold])
            a, r = score(w, b, [e for i, e in enumerate(examples) if i % 10 == fold])
            sums = [sums[0] + a, sums[1] + r]
        print(f"left out: answered {sums[0]} of {positive}, refused {sums[1]} of {len(examples) - positive}")
    print("{" + ", ".join(f"{value:.2f}" for value in [bias] + weights) + "}")
    for name, x, label in examples:
        p = probability(weights, bias, x)
        if (p >= 0.5) != bool(label):
            print(f"  {name} {'refused' if label else 'answered'} at {p:.2f}: "
                  + " ".join(f"{n}={v:.2f}" for n, v in zip(NAMES, x)))


if __name__ == "__main__":
    main()
