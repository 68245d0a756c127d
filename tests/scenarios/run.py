#!/usr/bin/env python3
"""Plays scenario files on the real binary (README.md here has the steps)."""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import traceback

from steps import Failed, Skipped, Story

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def play(path, binary, keep):
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"scenario-{path.stem}-"))
    story = Story(binary, folder, ROOT)
    name = path.stem.replace("_", " ")
    try:
        story.play(path.read_text(encoding="utf-8"))
        print(f"ok - {name}", flush=True)
        return True
    except Skipped as reason:
        print(f"skip - {name}: {reason}", flush=True)
        return True
    except Failed as fault:
        print(f"# {path.name}:{story.line}: {fault}")
    except Exception:  # a fault of the runner itself is a failure of the story, with its trace
        print("# " + traceback.format_exc().replace("\n", "\n# "))
    finally:
        story.close()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    for line in story.last_words():
        print(f"#   {line}")
    print(f"not ok - {name}", flush=True)
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--binary", default=os.environ.get("INTERPOSER", ROOT / "build/release/interposer"))
    parser.add_argument("--keep", action="store_true", help="keep the stories' folders")
    options = parser.parse_args()
    files = options.files or sorted(HERE.glob("*.scenario"))
    results = [play(path, pathlib.Path(options.binary).resolve(), options.keep) for path in files]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
