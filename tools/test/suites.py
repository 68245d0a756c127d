"""The table of test suites. docs/TESTING.md describes them; `./test --list` prints this.

A suite's command reports in one of two ways: `lines` of the forms `ok - NAME`, `not ok - NAME` and
`skip - NAME: REASON`, or a `junit` XML file at {xml}. `needs` are set up first (tools/setup/need.sh);
a need that fails fails the suite. In commands: {top}, {build} (build/test), {xml}, {python} (the Python
with the test packages), {seconds}.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Suite:
    name: str
    about: str
    needs: tuple
    command: tuple = ()
    format: str = "lines"      # lines | junit
    each: str = ""             # a file that lists programs: the command runs once for each, as {program}
    seconds: int = 900         # limit for one command
    only_all: bool = False     # part of ./test --all only
    folder: str = "."
    environment: dict = field(default_factory=dict)


UNIT = ("{top}/build/{preset}/{program}", "--gtest_output=xml:{xml}", "--gtest_brief=1")
FUZZ = ("{top}/tools/test/fuzz.sh", "{program}")
SERVED = ("/usr/bin/python3", "{top}/tools/test/with_server.py")
PAGE = ("{top}/tools/setup/npm.sh", "{top}/tests/page", "test", "--silent")
SHARE = {"INTERPOSER_SHARE": "{top}/build/share"}


def unit(preset, about, **more):
    command = tuple(part.replace("{preset}", preset) for part in UNIT)
    return Suite(f"unit-{preset}", about, (preset,), command, "junit",
                 each=f"build/{preset}/tests.txt", environment=SHARE, **more)


SUITES = (
    Suite("checks", "links between libraries, hygiene, headers, coroutine pitfalls, format, docs",
          ("packages",), ("{top}/tools/check/run",)),
    Suite("setup", "set-up scripts, CPU features of llama.cpp, the converted embedder beside numpy",
          ("models", "python-test"), ("{top}/tools/test/setup_test.sh",)),
    unit("asan", "unit and simulated tests of every library under ASan and UBSan"),
    Suite("page-unit", "the page's own functions", ("page",),
          ("{top}/tools/setup/npm.sh", "{top}/src/web/ui", "exec", "--", "vitest", "run", "--reporter=junit",
           "--outputFile={xml}"), "junit", folder="src/web/ui"),
    Suite("scenarios", "stories told in plain text, played on the release binary",
          ("release",), ("/usr/bin/python3", "{top}/tests/scenarios/run.py"), seconds=1500),
    Suite("sdk-python", "the openai package of Python, unmodified, against the release binary",
          ("release", "python-test"), SERVED + ("{python}", "{top}/tests/sdk/python/sdk_test.py")),
    Suite("sdk-node", "the openai package of npm, unmodified, against the release binary",
          ("release", "sdk-node"),
          SERVED + ("{top}/tools/setup/npm.sh", "{top}/tests/sdk/node", "test", "--silent")),
    Suite("evals-peers", "the evaluator beside bfcl-eval, sacrebleu, scipy and pytrec-eval-terrier, on drawn inputs",
          ("release", "python-evals"), ("{top}/tools/test/evals_peers.sh",)),
    Suite("questions", "the held-out questions of tests/questions: citations, right documents, refusals",
          ("release",), SERVED + ("/usr/bin/python3", "{top}/tools/test/questions.py")),
    Suite("page-mock", "the page in Debian's Chromium against a mock of /api/v1: every state and fault",
          ("page", "page-test"), PAGE),
    Suite("page", "the page in Debian's Chromium on the release binary: ask, cite, open, drop, reload",
          ("release", "page-test"), SERVED + PAGE),
    Suite("fuzz", "ten seconds of every fuzz target", ("fuzz",), FUZZ, each="build/asan/fuzzers.txt",
          environment={"FUZZ_SECONDS": "10"}),
    unit("tsan", "the same unit tests under TSan", only_all=True),
    Suite("fuzz-long", "five minutes of every fuzz target", ("fuzz",), FUZZ, each="build/asan/fuzzers.txt",
          environment={"FUZZ_SECONDS": "300"}, only_all=True),
    Suite("soak", "ten minutes of mixed load on one server: no error, no growth", ("release",),
          ("/usr/bin/python3", "{top}/tools/test/soak.py", "600"), seconds=1800, only_all=True),
)
