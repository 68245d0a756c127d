#!/usr/bin/env python3
"""Turns the catalogue's YAML files into an assembler file and a table for embedded.cc.

usage: embed.py DATA OUT_DIR FOLDER...

Each *.yaml below DATA/FOLDER goes into OUT_DIR/planner_catalogue.S (by .incbin, so nothing is
compiled and nothing is parsed at start-up) and gets one INTERPOSER_CATALOGUE_FILE line in
planner_catalogue.inc. Files are rewritten only when their content changes.
"""
import hashlib
import pathlib
import sys


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    path.touch()  # an output of the build step must not lag behind its inputs


def main(arguments):
    if len(arguments) < 3:
        sys.exit(__doc__)
    data, out = pathlib.Path(arguments[0]).resolve(), pathlib.Path(arguments[1])
    files = [file for folder in arguments[2:] for file in sorted((data / folder).glob("*.yaml"))]
    out.mkdir(parents=True, exist_ok=True)
    assembly = ['  .section .rodata,"a",@progbits\n']
    table = []
    for number, file in enumerate(files):
        name = f"interposer_catalogue_{number}"
        # The digest makes the assembly depend on the content, which .incbin alone hides.
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        path = file.relative_to(data).as_posix()
        assembly.append(f"  # {path} {digest}\n  .global {name}\n  .global {name}_end\n{name}:\n"
                        f"  .incbin {quote(str(file))}\n{name}_end:\n  .byte 0\n")
        table.append(f"INTERPOSER_CATALOGUE_FILE({number}, {quote(path)}, {quote(digest)})\n")
    assembly.append('  .section .note.GNU-stack,"",@progbits\n')
    write_if_changed(out / "planner_catalogue.S", "".join(assembly))
    write_if_changed(out / "planner_catalogue.inc", "".join(table))


if __name__ == "__main__":
    main(sys.argv[1:])
