"""The steps of a story: each is a method `do_WORD(rest)`."""
import http.client
import json
import os
import re
import shlex
import signal
import string
import subprocess
import time
import urllib.parse

from provider import Provider

STEP_SECONDS = 120
READY_SECONDS = 60


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def look_up(value, path):
    for key in filter(None, path.split(".")):
        if isinstance(value, list):
            value = value[int(key)] if -len(value) <= int(key) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(key)
        else:
            value = None
        if value is None:
            return None
    return value


COMPARE = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a is not None and a >= b,
    "<=": lambda a, b: a is not None and a <= b,
}


class Story:
    def __init__(self, binary, folder, root):
        self.binary, self.folder, self.root = binary, folder, root
        self.home = folder / "home"
        self.names = {"DIR": str(folder), "HOME_DIR": str(self.home), "ROOT": str(root), "BIN": str(binary)}
        self.server = None
        self.providers = []
        self.headers = {}
        self.texts = {"out": "", "err": "", "body": ""}
        self.exit_code = self.http_status = None
        self.line = 0

    # --- the text ---------------------------------------------------------------------------
    def play(self, text):
        lines = text.splitlines()
        while self.line < len(lines):
            step = lines[self.line].strip()
            self.line += 1
            if not step or step.startswith("#"):
                continue
            here = None
            if re.search(r"<<(\w+)$", step):
                step, _, end = step.rpartition("<<")
                start = self.line
                while lines[self.line] != end:
                    self.line += 1
                here = self.expand("\n".join(lines[start:self.line]) + "\n")
                self.line += 1
            word, _, rest = step.strip().partition(" ")
            method = getattr(self, f"do_{word}", None)
            if method is None:
                raise Failed(f"no step '{word}'")
            arguments = [self.expand(rest.strip())] + ([here] if here is not None else [])
            method(*arguments)

    def expand(self, text):
        return string.Template(text).safe_substitute(self.names)

    def environment(self):
        keep = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
        return keep | {"INTERPOSER_HOME": str(self.home), "NO_COLOR": "1", **self.names,
                       **{k: v for k, v in getattr(self, "extra_environment", {}).items()}}

    # --- doing ------------------------------------------------------------------------------
    def do_needs(self, what):
        share = pathlib_share(self.binary)
        if what == "models" and not list(share.glob("models/*.gguf")):
            raise Skipped("no default models")
        if what == "root" and os.geteuid() != 0:
            raise Skipped("needs root")
        if what == "data" and not (self.root.parent / "shared/data").exists():
            raise Skipped("no test data")

    def do_env(self, rest):
        name, _, value = rest.partition("=")
        self.extra_environment = getattr(self, "extra_environment", {}) | {name: value}

    def do_file(self, path, text=""):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def do_run(self, rest, stdin=""):
        self.execute([str(self.binary), *shlex.split(rest)], stdin)

    def do_shell(self, rest, stdin=""):
        self.execute(["bash", "-c", rest], stdin)

    def execute(self, command, stdin):
        try:
            done = subprocess.run(command, cwd=self.folder, env=self.environment(), input=stdin,
                                  capture_output=True, text=True, errors="replace", timeout=STEP_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failed(f"no end within {STEP_SECONDS} s: {' '.join(command)}")
        self.exit_code = done.returncode
        self.texts.update(out=done.stdout, err=done.stderr)

    def do_serve(self, rest):
        arguments = shlex.split(rest)
        if "--listen" not in arguments:
            arguments += ["--listen", "127.0.0.1:0"]
        log = open(self.folder / f"serve{time.monotonic_ns()}.log", "w+", encoding="utf-8")
        self.server = subprocess.Popen([str(self.binary), "serve", *arguments], cwd=self.folder,
                                       env=self.environment(), stdout=log, stderr=subprocess.STDOUT)
        self.server_log = log.name
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            text = open(self.server_log, encoding="utf-8", errors="replace").read()
            found = re.search(r"(https?://[\w.\[\]:]+:\d+)", text)
            if found and "ready" in text:
                self.names["URL"] = found[1]
                return
            if self.server.poll() is not None:
                self.exit_code = self.server.returncode
                self.texts.update(out=text, err=text)
                raise Failed(f"serve ended with {self.server.returncode}: {text[-500:]}")
            time.sleep(0.02)
        raise Failed(f"serve is not ready within {READY_SECONDS} s: {text[-500:]}")

    def do_stop(self, rest):
        self.server.send_signal(signal.SIGTERM)
        self.exit_code = self.server.wait(STEP_SECONDS)
        if self.exit_code != 0:
            raise Failed(f"serve ended with {self.exit_code} on SIGTERM")
        self.server = None

    def do_kill(self, rest):
        self.server.kill()
        self.server.wait()
        self.server = None

    def do_provider(self, rest):
        name, _, behaviour = rest.partition(" ")
        self.providers.append(Provider(behaviour.strip() or "ok"))
        self.names[name] = self.providers[-1].url

    def do_sleep(self, rest):
        time.sleep(float(rest))

    def do_header(self, rest):
        name, _, value = rest.partition(":")
        self.headers[name.strip()] = value.strip()

    def do_http(self, rest, body=None):
        method, _, rest = rest.partition(" ")
        path, _, inline = rest.partition(" ")
        body = inline.strip() or body
        url = urllib.parse.urlsplit(self.names["URL"])
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=STEP_SECONDS)
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, body.encode() if body else None, headers | self.headers)
        answer = connection.getresponse()
        self.http_status = answer.status
        self.headers = {}
        self.texts["body"] = answer.read().decode("utf-8", "replace")
        connection.close()

    # --- checking ---------------------------------------------------------------------------
    def do_exit(self, code):
        if self.exit_code != int(code):
            raise Failed(f"exit code {self.exit_code}, expected {code}")

    def do_status(self, code):
        if self.http_status != int(code):
            raise Failed(f"status {self.http_status}, expected {code}")

    def check(self, which, rest):
        word, _, expected = rest.partition(" ")
        text = self.texts[which]
        if word == "json":
            return self.check_json(text, expected)
        good = {"contains": lambda: expected in text, "lacks": lambda: expected not in text,
                "matches": lambda: re.search(expected, text) is not None,
                "empty": lambda: text.strip() == ""}[word]()
        if not good:
            raise Failed(f"{which} should {rest}")

    def check_json(self, text, rest):
        try:
            document = json.loads(text)
        except ValueError as fault:
            raise Failed(f"not JSON ({fault})")
        path, operator, expected = (rest.split(" ", 2) + ["", ""])[:3]
        value = look_up(document, "" if path == "." else path)
        if operator == "exists":
            good = value is not None
        elif operator == "absent":
            good = value is None
        elif operator == "~":
            good = isinstance(value, str) and re.search(expected, value) is not None
        else:
            good = COMPARE[operator](value, json.loads(expected))
        if not good:
            raise Failed(f"{path} is {json.dumps(value)[:200]}, expected {operator} {expected}")

    def do_out(self, rest):
        self.check("out", rest)

    def do_err(self, rest):
        self.check("err", rest)

    def do_body(self, rest):
        self.check("body", rest)

    # --- the end ----------------------------------------------------------------------------
    def last_words(self):
        for which, text in self.texts.items():
            for line in text.strip().splitlines()[-6:]:
                yield f"{which}: {line[:300]}"
        if hasattr(self, "server_log") and os.path.exists(self.server_log):
            for line in open(self.server_log, errors="replace").read().splitlines()[-6:]:
                yield f"serve: {line[:300]}"

    def close(self):
        if self.server is not None:
            self.server.kill()
            self.server.wait()
        for provider in self.providers:
            provider.close()


def pathlib_share(binary):
    share = os.environ.get("INTERPOSER_SHARE")
    return binary.parent / "share" if share is None else type(binary)(share)
