#!/usr/bin/env python3
"""Runs a command with a fresh Interposer beside it, and ends with the command's exit code.

    with_server.py COMMAND [ARG..]

The server is $INTERPOSER (default build/release/interposer) on a free port, with an empty home, so with the
default models and the sample base. The command finds it in $INTERPOSER_URL.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
READY_SECONDS = 180      # an empty home: the sample base is prepared first
STOP_SECONDS = 30


class Server:
    """A server with a home of its own; `with Server() as server: server.url`."""

    def __init__(self, *arguments):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="interposer-server-"))
        self.log_path = self.folder / "log"
        binary = os.environ.get("INTERPOSER", str(TOP / "build/release/interposer"))
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [binary, "serve", "--listen", "127.0.0.1:0", "--home", str(self.folder / "home"), *arguments],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def __enter__(self):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"https?://[\w.\[\]]+:\d+", self.log())
            if found and "ready" in self.log():
                self.url = found[0]
                return self
            time.sleep(0.05)
        state = "ended" if self.process.poll() is not None else f"was not ready in {READY_SECONDS} s"
        log = self.log()
        self.__exit__()
        raise SystemExit(f"not ok - interposer serve {state}:\n{log[-4000:]}")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                print(f"not ok - the server did not end within {STOP_SECONDS} s of SIGTERM", flush=True)
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    with Server() as server:
        return subprocess.run(sys.argv[1:], env=os.environ | {"INTERPOSER_URL": server.url}).returncode


if __name__ == "__main__":
    sys.exit(main())
