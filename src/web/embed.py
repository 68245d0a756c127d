#!/usr/bin/env python3
"""Turns the built page into an assembler file and a table for assets.cc.

usage: embed.py DIST OUT_DIR

DIST is what `npm run build` in src/web/ui leaves: files, and beside each compressible one the same
file with `.br` appended. OUT_DIR gets `web_assets.S` (the bytes, by .incbin, so nothing is compiled)
and `web_assets_table.inc` (one INTERPOSER_WEB_ASSET line a file). Without a built page the table is
empty and the server says how to build it. Files are rewritten only when their content changes.
"""
import hashlib
import pathlib
import sys

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
# Vite puts the hash of the content into the names of these, so a browser may keep them for good.
IMMUTABLE_PREFIX = "/assets/"


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def find_files(dist):
    files = sorted(p for p in dist.rglob("*") if p.is_file() and p.suffix != ".br")
    for file in files:
        if file.suffix not in TYPES:
            sys.exit(f"embed.py: {file}: no content type is known for {file.suffix!r}; "
                     "add it to TYPES in src/web/embed.py")
    return files


def symbol(name, file):
    return (f"  .global {name}\n  .global {name}_end\n{name}:\n"
            f"  .incbin {quote(str(file))}\n{name}_end:\n  .byte 0\n")


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    dist, out = pathlib.Path(arguments[0]).resolve(), pathlib.Path(arguments[1])
    files = find_files(dist) if (dist / "index.html").is_file() else []
    if not files:
        print(f"embed.py: {dist} holds no built page; run `npm ci && npm run build` in src/web/ui",
              file=sys.stderr)
    out.mkdir(parents=True, exist_ok=True)
    assembly = ['  .section .rodata,"a",@progbits\n']
    table = []
    for number, file in enumerate(files):
        name = f"interposer_web_{number}"
        packed = file.with_name(file.name + ".br")
        path = "/" + file.relative_to(dist).as_posix()
        # The digest also makes the assembly depend on the content, which .incbin alone hides.
        digest = hashlib.sha256(file.read_bytes()).hexdigest()[:32]
        assembly.append(f"  # {path} {digest}\n")
        assembly.append(symbol(name, file))
        if packed.is_file():
            assembly.append(symbol(name + "_br", packed))
        else:
            assembly.append(f"  .global {name}_br\n  .global {name}_br_end\n{name}_br:\n{name}_br_end:\n")
        immutable = "true" if path.startswith(IMMUTABLE_PREFIX) else "false"
        table.append(f"INTERPOSER_WEB_ASSET({number}, {quote(path)}, {quote(TYPES[file.suffix])}, "
                     f"{quote(chr(34) + digest + chr(34))}, {immutable})\n")
    assembly.append('  .section .note.GNU-stack,"",@progbits\n')
    write_if_changed(out / "web_assets.S", "".join(assembly))
    write_if_changed(out / "web_assets_table.inc", "".join(table))
    # Both are outputs of one build step: their times must not lag behind its inputs.
    for name in ("web_assets.S", "web_assets_table.inc"):
        (out / name).touch()


if __name__ == "__main__":
    main(sys.argv[1:])
