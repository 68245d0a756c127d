"""clang-format 19 finds nothing to change."""
import os
import subprocess
import sys

import sources


def main():
    paths = [str(p) for p in sources.files(".h", ".cc")]
    done = subprocess.run(["clang-format-19", "--dry-run", "--Werror", *paths],
                          capture_output=True, text=True, cwd=sources.ROOT)
    marked = {line.split(":")[0] for line in done.stderr.splitlines() if "clang-format-violations" in line}
    faults = [f"{os.path.relpath(path, sources.ROOT)}: run clang-format-19 -i" for path in sorted(marked)]
    return sources.report("the sources are formatted", faults)


sys.exit(main())
