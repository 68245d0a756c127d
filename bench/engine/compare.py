"""Runs llama-bench and engine_bench in turns and compares their medians."""

import argparse
import json
import os
import resource
import statistics
import subprocess


def llama_bench(program, model, threads):
    """512 tokens of prompt and 128 of answer, llama-bench's own defaults, flash attention as here."""
    text = subprocess.run(
        [program, "-m", model, "-t", str(threads), "-p", "512", "-n", "128", "-r", "5",
         "-b", "512", "-ub", "512", "-fa", "1", "-o", "json"],
        check=True, capture_output=True, text=True).stdout
    out = {}
    for row in json.loads(text):
        out["decode" if row["n_gen"] else "prefill"] = row["avg_ts"]
    return out


def children_cpu_ms():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def llama_bench_cpu(program, model, prompt, answer):
    """CPU milliseconds a token with one thread: what six runs take over what one run takes."""
    costs = []
    for runs in (1, 6):
        before = children_cpu_ms()
        subprocess.run([program, "-m", model, "-t", "1", "-p", str(prompt), "-n", str(answer), "-r", str(runs),
                        "-b", "512", "-ub", "512", "-fa", "1"], check=True, stdout=subprocess.DEVNULL)
        costs.append(children_cpu_ms() - before)
    return (costs[1] - costs[0]) / 5 / (prompt + answer)


def engine_bench(program, model, embedder, threads):
    command = [program, model, str(threads)] + ([embedder] if embedder else [])
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(text)


def median_of(rounds, *path):
    values = []
    for one in rounds:
        for key in path:
            one = one[key]
        values.append(one)
    return statistics.median(values)


def main():
    args = argparse.ArgumentParser()
    for name in ("--model", "--llama-bench", "--engine", "--out"):
        args.add_argument(name, required=True)
    args.add_argument("--embedder")
    args.add_argument("--rounds", type=int, default=3)
    args = args.parse_args()

    processors = len(os.sched_getaffinity(0))
    result = {"model": os.path.basename(args.model), "rounds": args.rounds, "threads": {},
              "load_before": os.getloadavg()[0]}
    rows = []
    for threads in sorted({1, processors}):
        peer, ours = [], []
        for _ in range(args.rounds):
            peer.append(llama_bench(args.llama_bench, args.model, threads))
            ours.append(engine_bench(args.engine, args.model, args.embedder, threads))
        one = {"llama_bench": peer, "engine": ours, "ratios": {}}
        for label, key in (("prefill, 512 tokens", "prefill"), ("decode, 128 tokens", "decode")):
            theirs = median_of(peer, key)
            mine = median_of(ours, "greedy", f"{key}_tokens_per_s")
            one["ratios"][key] = mine / theirs
            rows.append((threads, label, theirs, mine, mine / theirs))
        sampled = median_of(ours, "sampled", "decode_tokens_per_s")
        one["ratios"]["decode_sampled"] = sampled / median_of(peer, "decode")
        rows.append((threads, "decode, sampled (top_k 40)", median_of(peer, "decode"), sampled,
                     one["ratios"]["decode_sampled"]))
        result["threads"][threads] = one

    cpu = {"prefill": llama_bench_cpu(args.llama_bench, args.model, 512, 0),
           "decode": llama_bench_cpu(args.llama_bench, args.model, 0, 128)}
    print("| one thread, CPU ms a token | llama-bench | engine | ratio of speed |")
    print("|---|--:|--:|--:|")
    for key, theirs in cpu.items():
        mine = median_of(result["threads"][1]["engine"], "greedy", f"{key}_cpu_ms_a_token")
        result["threads"][1]["ratios"][f"{key}_cpu"] = theirs / mine
        print(f"| {key} | {theirs:.3f} | {mine:.3f} | {theirs / mine:.3f} |")
    result["llama_bench_cpu_ms_a_token"] = cpu
    print()
    print("| threads | one stream | llama-bench t/s | engine t/s | ratio |")
    print("|--:|---|--:|--:|--:|")
    for threads, label, theirs, mine, ratio in rows:
        print(f"| {threads} | {label} | {theirs:.1f} | {mine:.1f} | {ratio:.3f} |")
    shared = result["threads"][processors]["engine"]
    print()
    print(f"Eight requests at once, 1,000 shared + 20 own tokens, 16 answered, {processors} threads: "
          f"{median_of(shared, 'shared_prefix', 'wall_ms'):.0f} ms in all, first token at "
          f"{median_of(shared, 'shared_prefix', 'ttft_ms_p50'):.0f} ms (p50), "
          f"{median_of(shared, 'shared_prefix', 'prompt_tokens_computed'):.0f} prompt tokens computed "
          f"of {8 * 1020}.")
    if args.embedder:
        print(f"\nEmbedder: {median_of(shared, 'embedding', 'texts_per_s'):.1f} texts/s of "
              f"{median_of(shared, 'embedding', 'tokens_a_text'):.0f} tokens. Both models loaded and "
              f"used: {median_of(shared, 'pss_mib'):.0f} MiB (PSS).")
    print(f"\nLoad of the machine while measuring (1 minute): {os.getloadavg()[0]:.1f}. A figure taken "
          "on a busy machine says little: the ratio's two sides were measured in turns.")
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)


if __name__ == "__main__":
    main()
