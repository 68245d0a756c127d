"""Writes the two recorded runs that ship: our own items, our own answers, one planted regression.

240 arithmetic stories in 60 groups (one story, four numbers). `before` answers well; `after` is told
to be brief, gains a little on plain sums, and drops the step that converts units, so that it breaks
most stories with minutes and hours. Some items flip by themselves: two epochs each. Same seed, same
bytes:  python3 make.py FOLDER
"""
import hashlib
import json
import pathlib
import random
import sys

STORIES = [
    ("sum", "A shelf holds {a} boxes and {b} more arrive. How many boxes are there?", lambda a, b: a + b),
    ("product", "{a} trays hold {b} dies each. How many dies is that?", lambda a, b: a * b),
    ("rest", "Of {c} tokens {a} are spent. How many are left?", lambda a, b: b + 0),
    ("units", "A job takes {a} hours and {b} minutes. How many minutes is that?", lambda a, b: 60 * a + b),
]


def items(draw):
    for group in range(60):
        kind, story, solve = STORIES[group % 4]
        for number in range(4):
            a, b = draw.randrange(2, 40), draw.randrange(2, 59)
            text = story.format(a=a, b=b, c=a + b)
            yield f"{kind}-{group:02}-{number}", f"group-{group:02}", kind, text, solve(a, b), a + b


def answer(run, kind, right, wrong, draw):
    rate = {"before": {"sum": .90, "product": .80, "rest": .85, "units": .85},
            "after": {"sum": .95, "product": .80, "rest": .85, "units": .25}}[run][kind]
    good = draw.random() < rate
    value = right if good else wrong + draw.choice((0, 1, 10))
    if not good and value == right:
        value += 1
    if run == "before":
        text = f"Let me work it out step by step.\nThe question asks for one number.\nThe answer is {value}."
    else:
        text = f"The answer is {value}."
    return text, value == right


def write(folder, run, all_items):
    folder = folder / run
    folder.mkdir(parents=True, exist_ok=True)
    samples, scores = [], [json.dumps({"v": 1, "metrics": [
        {"name": "answer", "higher": True, "scorer": "number@last"}]})]
    draw = random.Random("answers")  # one stream an item, so that the two runs err alike
    for unit, cluster, kind, text, right, wrong in all_items:
        seed = draw.random()
        for epoch in (1, 2):
            own = random.Random(f"{seed}")
            if random.Random(f"{seed}{run}{epoch}").random() < .06:  # flips by itself
                own = random.Random(f"{seed}{run}{epoch}again")
            said, good = answer(run, kind, right, wrong, own)
            key = hashlib.sha256(f"{run}{unit}{epoch}".encode()).hexdigest()
            timing = random.Random(f"{seed}{run}{epoch}ms")
            samples.append(json.dumps({
                "v": 1, "unit": unit, "epoch": epoch, "target": run, "key": key,
                "content": hashlib.sha256(text.encode()).hexdigest()[:16], "status": "ok",
                "cluster": cluster, "tags": [kind], "finish": "stop", "http": 200, "attempts": 1,
                "input_tokens": 20 + len(text) // 4, "output_tokens": len(said) // 4,
                "cost_usd": round((20 + len(text) // 4) * 1e-7 + len(said) // 4 * 4e-7, 9),
                "total_ms": round((300 if run == "before" else 120) * timing.uniform(.8, 1.6), 1),
                "input": text, "expected": str(right), "text": said}, separators=(",", ":")))
            scores.append(json.dumps({"unit": unit, "epoch": epoch, "target": run,
                                      "s": [1 if good else 0]}, separators=(",", ":")))
    (folder / "samples-0001.jsonl").write_text("\n".join(samples) + "\n")
    (folder / "scores.jsonl").write_text("\n".join(scores) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    all_items = list(items(random.Random(20261122)))
    for run in ("before", "after"):
        write(folder, run, all_items)


if __name__ == "__main__":
    main()
