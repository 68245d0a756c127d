"""Links between the documents of the repository resolve, and every verb has a guide."""
import re
import sys

import sources

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def broken_links():
    pages = [sources.ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    pages += sorted((sources.ROOT / "docs").rglob("*.md"))
    for page in pages:
        if not page.exists():
            yield f"{sources.name(page)} is missing"
            continue
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                yield f"{sources.name(page)}: no {target}"


def verbs_without_guide():
    for path in sorted((sources.SOURCE / "app/verbs").glob("*.cc")):
        if path.stem.endswith("_test"):
            continue
        if not (sources.ROOT / "docs/guide" / f"{path.stem}.md").exists():
            yield f"docs/guide/{path.stem}.md is missing"


def main():
    status = sources.report("links between documents resolve", list(broken_links()))
    status |= sources.report("every verb has a guide", list(verbs_without_guide()))
    return status


sys.exit(main())
