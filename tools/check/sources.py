"""The tree as the checks see it: Interposer's own C++ files, read once."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def files(*suffixes):
    """Own sources below src/, without the page's TypeScript and what it builds."""
    found = (p for p in sorted(SOURCE.rglob("*")) if p.suffix in suffixes and "ui" not in p.parts)
    return [p for p in found if p.is_file()]


def name(path):
    return str(path.relative_to(ROOT))


def library(path):
    return path.relative_to(SOURCE).parts[0]


def includes(path):
    """(line, is_system, header) of every include."""
    text = path.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1] == "<", match[2]


def report(check, faults):
    """One line a check, in the form that the test runner reads; the faults before it."""
    for fault in faults:
        print(f"# {fault}")
    print(f"{'not ok' if faults else 'ok'} - {check}")
    return 1 if faults else 0
