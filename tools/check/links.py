"""Libraries include only what links.txt and CMakeLists.txt allow, and the two agree."""
import re
import sys

import sources


def allowed():
    direct = {}
    for line in (sources.ROOT / "tools/check/links.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            library, _, rest = line.partition(":")
            direct[library] = rest.split()
    closure = {}
    for library in direct:  # the file is in order from the ground up
        reach = {library}
        for below in direct[library]:
            reach |= closure[below]
        closure[library] = reach
    return direct, closure


def cmake_links():
    text = (sources.ROOT / "CMakeLists.txt").read_text()
    calls = re.findall(r"interposer_library\((\w+)([^)]*)\)", text)
    found = {}
    for library, rest in calls:
        match = re.search(r"DEPS\s+([\w\s]+?)(?:\s+LINKS\b|$)", rest.strip())
        found[library] = match[1].split() if match else []
    return found


def main():
    direct, closure = allowed()
    faults = []
    for library, deps in cmake_links().items():
        if deps != direct.get(library):
            faults.append(f"CMakeLists.txt links {library} to {deps}, links.txt to {direct.get(library)}")
    for path in sources.files(".h", ".cc"):
        library = sources.library(path)
        if library not in closure:
            faults.append(f"{sources.name(path)}: no library '{library}' in links.txt")
            continue
        for line, system, header in sources.includes(path):
            target = header.split("/")[0]
            if not system and target in closure and target not in closure[library]:
                faults.append(f"{sources.name(path)}:{line}: {library} may not include {header}")
    return sources.report("libraries include only along the arrows of links.txt", faults)


sys.exit(main())
