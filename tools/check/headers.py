"""Every header compiles alone. One that some source includes first is compiled alone by the build; the others are compiled here.
Results are kept by content, so that a warm run costs nothing."""
import concurrent.futures
import hashlib
import os
import pathlib
import subprocess
import sys

import sources

FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-pragma-once-outside-header", "-Wno-deprecated-declarations",
         "-x", "c++", "-I", str(sources.SOURCE)]
CACHE = sources.ROOT / "build/check/headers"


def content_key(path, seen=None):
    """Of the header and of all own headers that it reaches."""
    seen = {} if seen is None else seen
    if path in seen:
        return seen[path]
    seen[path] = ""
    text = path.read_bytes()
    for _, system, header in sources.includes(path):
        below = sources.SOURCE / header
        if not system and below.exists():
            text += content_key(below, seen).encode()
    seen[path] = hashlib.sha256(text).hexdigest()
    return seen[path]


def compile_alone(path):
    stamp = CACHE / content_key(path)
    if stamp.exists():
        return None
    done = subprocess.run(["clang++-19", *FLAGS, str(path)], capture_output=True, text=True)
    if done.returncode != 0:
        return f"{sources.name(path)} does not compile alone:\n# " + "\n# ".join(done.stderr.splitlines()[:6])
    stamp.touch()
    return None


def proven_by_build():
    """Headers that stand first in a source of the ordinary build: nothing before them can help them."""
    firsts = set()
    for source in sources.files(".cc"):
        first = next(sources.includes(source), None)
        if first and not first[1] and not source.name.endswith("_bench.cc"):
            firsts.add(sources.SOURCE / first[2])
    return firsts


def main():
    CACHE.mkdir(parents=True, exist_ok=True)
    proven = proven_by_build()
    headers = [header for header in sources.files(".h") if header not in proven]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(compile_alone, headers)
    return sources.report("every header compiles alone", [fault for fault in results if fault])


sys.exit(main())
