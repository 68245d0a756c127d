"""Include hygiene, file length, and what must not stand in a source."""
import re
import sys

import sources

LINES_MAX = 500
# Headers of the C++ library and of the system; everything else in <> is third-party.
STANDARD = re.compile(r"^(c?[a-z_0-9]+|(sys|linux|netinet|arpa)/\w+\.h|(unistd|fcntl|poll|signal|dirent|time|errno|string|stdlib|stdint|stddef|grp|pwd|sched|immintrin)\.h)$")
LLAMA = re.compile(r"^(llama|ggml|gguf|chat|common|json-schema-to-grammar|sampling)[\w-]*\.h$")


def third_party_in_headers():
    for path in sources.files(".h"):
        for line, system, header in sources.includes(path):
            if system and not STANDARD.match(header):
                yield f"{sources.name(path)}:{line}: <{header}>: third-party headers stay in .cc files"


def confined_doors():
    for path in sources.files(".h", ".cc"):
        for line, _, header in sources.includes(path):
            inside = str(path.relative_to(sources.SOURCE))
            if LLAMA.match(header) and not inside.startswith("engine/llama/"):
                yield f"{sources.name(path)}:{line}: {header}: engine/llama/ is the only door to llama.cpp"
            if header.startswith("boost/asio") and not inside.startswith("net/"):
                yield f"{sources.name(path)}:{line}: {header}: Asio stays inside src/net"


def long_files():
    for path in sources.files(".h", ".cc"):
        count = path.read_text(encoding="utf-8").count("\n")
        if count > LINES_MAX:
            yield f"{sources.name(path)}: {count} lines, split it at {LINES_MAX}"


def guards():
    for path in sources.files(".h"):
        if "#pragma once" not in path.read_text(encoding="utf-8"):
            yield f"{sources.name(path)}: no #pragma once"


def banned():
    words = re.compile(r"\b(TODO|FIXME|XXX\b|std::regex|std::cout|using namespace std;)")
    for path in sources.files(".h", ".cc"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = words.search(line)
            if found:
                yield f"{sources.name(path)}:{number}: '{found[1]}'"


def main():
    status = 0
    status |= sources.report("third-party headers only in .cc files", list(third_party_in_headers()))
    status |= sources.report("one door to llama.cpp and one to Asio", list(confined_doors()))
    status |= sources.report(f"no source file over {LINES_MAX} lines", list(long_files()))
    status |= sources.report("every header has #pragma once", list(guards()))
    status |= sources.report("no banned words in the sources", list(banned()))
    return status


sys.exit(main())
