#!/usr/bin/env python3
"""Mixed load on one server for a while: every request is answered, memory and descriptors do not grow.

    soak.py SECONDS

Four clients ask the sample base, chat, embed, search, and hang up in the middle of streams. What is compared is
the server's state after a quarter of the time, when caches are full, with its state at the end.
"""

import collections
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import time
import urllib.parse

from with_server import Server

CLIENTS = 4
GROWTH_MIB = 64       # what allocators and caches may still add
GROWTH_FILES = 16
QUESTIONS = ("Which suppliers make HBM?", "How is a reticle limit worked around?", "What cools a rack?",
             "Who will win the next world cup?", "Compare the memory of H200 and B200.")


def request(url, method, path, body=None):
    """An answer's status and text."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=120)
    try:
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def hang_up(url, model):
    """Leaves in the middle of a stream."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=120)
    body = {"model": model, "stream": True, "max_tokens": 200, "messages": [{"role": "user", "content": "Count."}]}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read(64)
    connection.close()
    return answer.status, ""


class Load:
    def __init__(self, url, end):
        self.url, self.end = url, end
        models = json.loads(request(url, "GET", "/api/v1/status")[1])["models"]
        self.chat, self.embedder = (next(m["name"] for m in models if m["kind"] == k) for k in ("chat", "embed"))
        self.counts = collections.Counter()
        self.faults = collections.Counter()

    def one(self, chance):
        question = chance.choice(QUESTIONS)
        message = [{"role": "user", "content": question}]
        kind = chance.choice(("ask", "assistant", "chat", "embed", "search", "hang up"))
        if kind == "ask":
            return kind, request(self.url, "POST", "/api/v1/ask", {"question": question, "base": "handbook"})
        if kind == "search":
            query = urllib.parse.urlencode({"q": question, "base": "handbook", "k": 5})
            return kind, request(self.url, "GET", "/api/v1/search?" + query)
        if kind == "embed":
            return kind, request(self.url, "POST", "/v1/embeddings", {"model": self.embedder, "input": question})
        if kind == "hang up":
            return kind, hang_up(self.url, self.chat)
        model = "assistant/handbook" if kind == "assistant" else self.chat
        return kind, request(self.url, "POST", "/v1/chat/completions",
                             {"model": model, "messages": message, "max_tokens": 24})

    def client(self, seed):
        chance = random.Random(seed)
        while time.monotonic() < self.end:
            try:
                kind, (status, text) = self.one(chance)
            except (OSError, http.client.HTTPException) as error:
                self.faults[f"{type(error).__name__}: {error}"] += 1
                continue
            self.counts[kind] += 1
            if status != 200:
                self.faults[f"{kind}: HTTP {status} {text[:200]}"] += 1


def family(pid):
    """A process and what it started."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += family(int(child))
    return found


def state(pid):
    """Resident MiB and open files of a process and its children."""
    pages = files = 0
    for one in family(pid):
        try:
            pages += int(pathlib.Path(f"/proc/{one}/statm").read_text().split()[1])
            files += len(os.listdir(f"/proc/{one}/fd"))
        except FileNotFoundError:
            pass  # it ended between the two looks
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, files


def check(name, good, detail):
    print(f"{detail}\n{'ok' if good else 'not ok'} - soak: {name}", flush=True)
    return good


def main(seconds):
    print(f"seed {(seed := random.randrange(2**32))}")
    with Server() as server:
        start = time.monotonic()
        load = Load(server.url, start + seconds)
        clients = [threading.Thread(target=load.client, args=(seed + n,)) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(seconds / 4)
        memory, files = state(server.process.pid)
        for client in clients:
            client.join()
        time.sleep(2)  # the last answers are settled
        memory_end, files_end = state(server.process.pid)
        alive = server.process.poll() is None
    every_kind = len(load.counts) == 6
    good = [
        check("the server lives", alive, ""),
        check("every kind of request was answered", every_kind and not load.faults,
              f"{dict(load.counts)}\n{dict(load.faults)}"),
        check("memory does not grow", memory_end <= memory + GROWTH_MIB, f"{memory:.0f} -> {memory_end:.0f} MiB"),
        check("open files do not grow", files_end <= files + GROWTH_FILES, f"{files} -> {files_end}"),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(float(sys.argv[1])))
