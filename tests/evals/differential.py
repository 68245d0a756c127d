"""The evaluator beside PyPI's packages, on inputs drawn anew from a seed: bfcl-eval, sacrebleu, scipy through
`interposer eval doctor`, pytrec-eval-terrier through `interposer eval trec --as 9`.

    python differential.py BINARY [SEED]

Prints `ok - NAME`, `not ok - NAME` or `skip - NAME: REASON` lines.
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
WORDS = ("the cat sat on a mat, state-of-the-art $1,234.56 (or 3-4%) it's don't \u00dcber B\u00fccher \u00abgut\u00bb \u4ed6\u8bf4 "
         "&quot;hi&quot; &amp; U.S. 1,000.5 x-ray e.g. \u2014 \u201cso\u201d end. Why? No! [a] {b} ~ ^ 20 % \u00e9t\u00e9").split()


def sentence(draw):
    return " ".join(draw.choice(WORDS) for _ in range(draw.randrange(0, 14)))


def near(text, draw):
    words = text.split()
    for _ in range(draw.randrange(0, 4)):
        if words:
            words[draw.randrange(len(words))] = draw.choice(WORDS)
    return " ".join(words)


def sacrebleu_lines(draw):
    import sacrebleu
    from sacrebleu.metrics import BLEU, CHRF
    for _ in range(150):
        references = [sentence(draw) for _ in range(draw.randrange(1, 6))]
        hypotheses = [near(text, draw) for text in references]
        row = {"hypotheses": hypotheses, "references": references}
        for tokenizer in ("13a", "intl", "none"):
            value = BLEU(tokenize=tokenizer).corpus_score(hypotheses, [references]).score
            yield {**row, "metric": "bleu", "tokenizer": tokenizer, "value": value}
        for metric, order in (("chrf", 0), ("chrf++", 2)):
            yield {**row, "metric": metric, "value": CHRF(word_order=order).corpus_score(hypotheses, [references]).score}
        one = {"hypotheses": hypotheses[:1], "references": references[:1]}
        yield {**one, "metric": "sentence_bleu", "value": sacrebleu.sentence_bleu(hypotheses[0], references[:1]).score}


def scipy_lines(draw):
    import numpy
    from scipy import stats as s
    for _ in range(150):
        df, n = draw.uniform(1, 400), draw.randrange(1, 2000)
        k, p = draw.randrange(0, n + 1), draw.uniform(0.01, 0.99)
        z = draw.gauss(0, 2)
        yield {"function": "norm.ppf", "a": [p], "value": s.norm.ppf(p)}
        yield {"function": "norm.sf", "a": [z], "value": s.norm.sf(z)}
        yield {"function": "t.cdf", "a": [z, df], "value": s.t.cdf(z, df)}
        yield {"function": "t.ppf", "a": [p, df], "value": s.t.ppf(p, df)}
        yield {"function": "chi2.sf", "a": [df, df], "value": s.chi2.sf(df, df)}
        yield {"function": "f.sf", "a": [abs(z) + 0.1, df, 20.5], "value": s.f.sf(abs(z) + 0.1, df, 20.5)}
        yield {"function": "beta.ppf", "a": [p, k + 1, n - k + 1], "value": s.beta.ppf(p, k + 1, n - k + 1)}
        yield {"function": "binom.cdf", "a": [k, n, p], "value": s.binom.cdf(k, n, p)}
        exact = s.binomtest(k, n)
        yield {"function": "wilson.low", "a": [k, n], "value": exact.proportion_ci(method="wilson").low}
        yield {"function": "exact.high", "a": [k, n], "value": exact.proportion_ci(method="exact").high}
        yield {"function": "mcnemar", "a": [k % 60, n % 60], "value": s.binomtest(k % 60, max(k % 60 + n % 60, 1)).pvalue}
        x = [draw.gauss(0.3, 1) for _ in range(draw.randrange(3, 40))]
        yield {"function": "ttest_1samp", "x": x, "value": s.ttest_1samp(x, 0).pvalue}
        yield {"function": "wilcoxon", "x": x, "value": s.wilcoxon(x, mode="exact").pvalue}
        yield {"function": "sem", "x": x, "value": s.sem(x)}
        yield {"function": "percentile", "x": x, "a": [p], "value": float(numpy.percentile(x, 100 * p))}


def write(path, lines):
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def doctor(binary, data):
    done = subprocess.run([binary, "eval", "doctor", "--data", data, "--json"], capture_output=True, text=True)
    for row in json.loads(done.stdout)["sets"]:
        if row["name"] not in ("bfcl verdicts", "sacrebleu", "scipy"):
            continue
        if row["expected"] == 0:
            print(f"skip - {row['name']}: {row['notes'][0]}")
            continue
        good = not row["differs"] and row["checked"] == row["equal"]
        print(f"{'ok' if good else 'not ok'} - {row['name']}: {row['equal']} of {row['checked']} equal")
        for place in row["unequal"][:10]:
            print(f"#   {place}")


def random_run(folder, draw):
    """A run with ties, missing topics, unjudged documents; judgments with grades from -1 to 3."""
    qrels, run = folder / "qrels", folder / "run"
    with open(qrels, "w") as judged, open(run, "w") as ranked:
        for topic in range(1, draw.randrange(3, 15)):
            docs = [f"d{i}" for i in range(draw.randrange(1, 60))]
            for doc in docs:
                if draw.random() < 0.5:
                    judged.write(f"q{topic} 0 {doc} {draw.choice([-1, 0, 0, 1, 1, 2, 3])}\n")
            judged.write(f"q{topic} 0 elsewhere 1\n")
            if draw.random() < 0.15:
                continue
            for doc in draw.sample(docs, draw.randrange(1, len(docs) + 1)):
                ranked.write(f"q{topic} Q0 {doc} 0 {draw.choice([draw.randrange(5), draw.uniform(-9, 9)])} tag\n")
    return qrels, run


def terrier(binary, folder, draw):
    import pytrec_eval
    checked = differing = 0
    for round_number in range(40):
        folder_now = folder / str(round_number)
        folder_now.mkdir()
        qrels, run = random_run(folder_now, draw)
        with open(qrels) as file:
            judgments = pytrec_eval.parse_qrel(file)
        with open(run) as file:
            ranked = pytrec_eval.parse_run(file)
        if not ranked:
            continue
        theirs = pytrec_eval.RelevanceEvaluator(judgments, pytrec_eval.supported_measures).evaluate(ranked)
        done = subprocess.run([binary, "eval", "trec", "--as", "9", "-q", "-n", "-m", "all_trec", qrels, run],
                              capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            name, topic, value = line.split("\t")
            name = name.strip()
            if name not in theirs.get(topic, {}) or name.startswith(("gm_", "relstring", "runid")):
                continue
            checked += 1
            if abs(float(value) - theirs[topic][name]) > 5.1e-5:
                differing += 1
                print(f"#   {folder_now} {topic} {name}: {value}, terrier {theirs[topic][name]}")
    good = checked > 5000 and differing == 0
    print(f"{'ok' if good else 'not ok'} - pytrec-eval-terrier: {checked - differing} of {checked} values equal")


def main():
    binary, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    draw = random.Random(seed)
    shared = os.environ.get("INTERPOSER_TEST_DATA", HERE.parents[2] / "shared" / "data")
    questions = pathlib.Path(shared) / "evals" / "bfcl"
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "data"
        write(data / "sacrebleu" / "values.jsonl", sacrebleu_lines(draw))
        write(data / "scipy" / "values.jsonl", scipy_lines(draw))
        if questions.is_dir():
            verdicts = data / "bfcl" / "verdicts"
            verdicts.mkdir(parents=True)
            subprocess.run([sys.executable, "-W", "ignore", HERE / "bfcl_verdicts.py", questions,
                            verdicts / "bfcl.jsonl", str(seed)], check=True, stdout=subprocess.DEVNULL)
        doctor(binary, data)
        terrier(binary, pathlib.Path(folder), draw)


if __name__ == "__main__":
    main()
