"""Coroutine pitfalls (cpp_style B.6): co_await stands alone, no capturing lambda coroutines,
no reference parameters of coroutines other than of objects that outlive them by rule."""
import re
import sys

import sources

# A whole statement, the right side of one declaration or assignment, after return, or inside the
# IP_CO_* macros, which expand to the declaration form.
ALLOWED = re.compile(
    r"^\s*(?:(?:const\s+)?[\w:<>,\s\*&\.\[\]\(\)>-]+?=\s*|co_return\s+|return\s+|"
    r"IP_CO_(?:TRY|OK)\(.*|\(void\)\s*)?\(?co_await\b")
CONDITION = re.compile(r"\b(if|while|switch|for)\s*\((?:[^()]|\([^()]*\))*\bco_await\b")
# "if (done) co_await x;": behind the head stands a whole statement.
HEAD = re.compile(r"^\s*(?:\}?\s*else\s+)?(?:if|while|for)\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*(?=\S)")
TERNARY = re.compile(r"\?[^:;]*\bco_await\b|\bco_await\b[^;]*\?[^;:]*:[^:]")
REFERENCE = re.compile(r"^(?!.*\boperator\b).*\bTask<.*>\s+[\w:]+\(([^)]*)\)")
TEMPORARY = re.compile(r"const\s+(?:std::)?(?:string|vector|function)[\w<>:\s]*&\s*\w+")


def strip(line):
    return re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0])


def faults_of(path):
    lines = [strip(line) for line in path.read_text(encoding="utf-8").splitlines()]
    previous = ""
    for number, line in enumerate(lines, 1):
        where = f"{sources.name(path)}:{number}"
        if re.search(r"\bco_await\b", line) and "operator co_await" not in line:
            head, line = line, HEAD.sub("", line)
            joined = previous + line if previous.rstrip().endswith(("=", "(", ",")) else line
            if CONDITION.search(head):
                yield f"{where}: co_await in the head of a condition or loop; name its value first"
            elif TERNARY.search(line):
                yield f"{where}: co_await in a conditional expression; use if and else"
            elif not ALLOWED.match(joined.strip()) and not ALLOWED.match(line):
                yield f"{where}: co_await inside a larger expression; give it a statement of its own"
        declared = REFERENCE.match(line)
        if declared and TEMPORARY.search(declared[1]):
            yield f"{where}: a coroutine takes a reference that may be to a temporary; take a value"
        if line.strip():
            previous = line
    text = "\n".join(lines)
    for match in re.finditer(r"\[([^\[\]]+)\]\s*(?:\([^()]*\))?\s*(?:mutable\s*)?->\s*(?:net::)?Task<", text):
        if match[1].strip():
            number = text.count("\n", 0, match.start()) + 1
            yield (f"{sources.name(path)}:{number}: a capturing lambda coroutine: its captures die with "
                   "the lambda; make it a function with parameters")


def main():
    faults = [fault for path in sources.files(".h", ".cc") for fault in faults_of(path)]
    return sources.report("coroutines are written in their safe form", faults)


sys.exit(main())
