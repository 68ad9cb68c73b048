# SPDX-License-Identifier: MIT
"""Every way in which an action can go wrong, through the real command and the simulator.

Each case is a world of its own, so that all of them can wait side by side: a command that
cannot see what became of its action looks for half a minute before it says so. What the command
says is compared with the simulator's journal, which knows what was applied, and by whom.
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

BUILD = os.environ.get("top_builddir", ".")
SOURCE = os.environ.get("top_srcdir", ".")
ACTIONS = ["stop", "retry", "approve", "reject", "run"]
KINDS = {"stop": "stop", "retry": "retry", "approve": "pass", "reject": "refuse", "run": "run"}
TOKEN = "canary-token-5d1e77"

# Name, words of the fault, and for which actions if not for all. Those that make the command wait
# until it gives up are asked of as many actions as their answers differ for.
FAULTS = [
    ("a01 the answer is lost before", "kind=close&when=before"),
    ("a01 the answer is lost after", "kind=close&when=after"),
    ("a01 the answer breaks off before", "kind=truncate&when=before", ["stop"]),
    ("a01 the answer breaks off after", "kind=truncate&when=after", ["run"]),
    ("a02 a slow answer before", "kind=delay&ms=4000&when=before"),
    ("a02 a slow answer after", "kind=delay&ms=4000&when=after"),
    ("a02 an answer that is too slow before", "kind=delay&ms=60000&when=before", ["stop"]),
    ("a02 an answer that is too slow after", "kind=delay&ms=60000&when=after"),
    ("a03 503 before", "kind=status&status=503&when=before"),
    ("a03 503 after", "kind=status&status=503&when=after"),
    ("a03 500 after", "kind=status&status=500&when=after", ["approve"]),
    ("a04 success false before", "kind=error200&shape=5&when=before"),
    ("a04 success false after", "kind=error200&shape=5&when=after"),
    ("a04 an error in 200 before", "kind=error200&shape=1&when=before", ["retry"]),
    ("a04 an error in 200 after", "kind=error200&shape=1&when=after", ["reject"]),
    ("a05 409 before", "kind=status&status=409&when=before"),
    ("a05 409 after", "kind=status&status=409&when=after"),
    ("a06 401 before", "kind=status&status=401&when=before"),
    ("a06 401 after", "kind=status&status=401&when=after"),
    ("a07 403 before", "kind=status&status=403&when=before"),
    ("a07 403 after", "kind=status&status=403&when=after"),
    ("a08 429 before", "kind=status&status=429&retry_after=1&when=before"),
    ("a08 429 after", "kind=status&status=429&retry_after=1&when=after"),
    ("a09 it ends just before", "kind=finishes&when=before"),
    ("a10 it ends just after", "kind=finishes&when=after"),
    ("a11 a colleague did it just before", "kind=colleague-did-it&when=before"),
    ("a11 a colleague undoes it just after", "kind=colleague-did-it&when=after"),
    ("a12 applied late, but in time", "kind=applied-late&ms=3000"),
    ("a12 applied too late", "kind=applied-late&ms=90000"),
    ("a13 said and never applied", "kind=never-applied"),
    ("a14 a redirect before", "kind=redirect&when=before"),
    ("a14 a redirect after", "kind=redirect&when=after"),
    ("a15 the run is read as it was, twice", "kind=read-back-stale&reads=2"),
    ("a15 the run is read as it was, for ever", "kind=read-back-stale&reads=1000"),
    ("a16 the run cannot be read, twice", "kind=read-back-fails&reads=2"),
    ("a16 the run cannot be read, ever", "kind=read-back-fails&reads=1000"),
    ("a17 another run changes instead", "kind=other-run-changes"),
    ("a web page for an answer, before", "kind=html&when=before", ["approve"]),
    ("a web page for an answer, after", "kind=html&when=after", ["run", "stop"]),
    ("an empty answer, before", "kind=empty&when=before", ["run"]),
    ("an empty answer, after", "kind=empty&when=after", ["stop", "retry"]),
]


class World:
    """A simulator, and one pipeline in it that is ready for the action."""

    def __init__(self, action, folder):
        scenario = os.path.join(SOURCE, "tests/fixtures/acts.conf")
        self.process = subprocess.Popen(
            [BUILD + "/pipetop-sim", "--port", "0", "--scenario", scenario, "--with-parent"],
            stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[2]
        self.project = self.process.stdout.readline().split()[1]
        self.folder = folder
        self.name = "to-" + action
        rows = self.ask("/_sim/truth/state")["pipelines"]
        self.pipeline = next(row["pipeline_id"] for row in rows if row["name"] == self.name)
        self.run = ""
        if action != "run":
            self.run = self.post("start?pipeline=" + self.pipeline)["pipeline_run_id"]
            self.post("advance?seconds=60")
        if action == "retry":
            self.post("stop?run=" + self.run)
        # Another run that could be meant by mistake, of an action that goes astray.
        self.before = len(self.ask("/_sim/actions")["actions"])

    def ask(self, path, method="GET"):
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def post(self, words):
        return self.ask("/_sim/" + words, "POST")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def command(world, action):
    own = dict(os.environ, PIPETOP_ENDPOINT=world.url, PIPETOP_PROJECT=world.project, PIPETOP_TOKEN=TOKEN)
    for name in ("cache", "config", "state"):
        own["XDG_%s_HOME" % name.upper()] = os.path.join(world.folder, name)
    words = [BUILD + "/pipetop", action, world.name] + ([world.run] if world.run else []) + ["--yes", "--json"]
    words += ["--debug", os.path.join(world.folder, "debug")]
    return subprocess.run(words, env=own, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=150)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def so_in_the_world(world, action):
    """What was wanted is so, whoever brought it about: a client cannot know more, and need not."""
    row = next(row for row in world.ask("/_sim/truth/state")["pipelines"] if row["name"] == world.name)
    run = row["latest"]
    if action == "stop":
        return run["status"] in ("COMPLETED", "CANCELED", "FAILED")
    step = run["stages"][0]["jobs"][0]["steps"][0]
    return step["status"] == {"approve": "COMPLETED", "reject": "FAILED"}.get(action)


def judge(world, action, done):
    """What is wrong: sentences."""
    wrong = []
    asked = world.ask("/_sim/counts")[action]
    if asked != 1:
        wrong.append("%d requests" % asked)
    world.post("advance?seconds=200")  # what was put off is done by now
    own = world.ask("/_sim/actions")["actions"][world.before:]
    hits = [e for e in own if e["kind"] == KINDS[action] and e["outcome"] == "applied" and
            (e.get("pipeline_run_id") == world.run or action == "run" and e["pipeline_id"] == world.pipeline)]
    mine = [e for e in hits if e["by"] == "caller"]
    if len(mine) > 1:
        wrong.append("applied %d times" % len(mine))
    said = json.loads(done.stdout)
    verdict = said["verdict"]
    if done.returncode not in {"done": (0,), "not done": (1, 4), "unknown": (3,)}[verdict]:
        wrong.append("%s with exit status %d" % (verdict, done.returncode))
    if verdict == "not done" and mine:
        wrong.append("not done, and it was applied")
    if verdict == "done" and not hits and not so_in_the_world(world, action):
        wrong.append("done, and it is not so")
    if verdict != "done" and not (said["why"] or "").strip():
        wrong.append("no reason is given")
    if action == "run" and verdict == "done" and said["pipeline_run_id"] != mine[0]["pipeline_run_id"]:
        wrong.append("another run is named")
    text = read(os.path.join(world.folder, "state/pipetop/audit.jsonl"))
    lines = [json.loads(line) for line in text.splitlines()]
    if [line["event"] for line in lines] != ["intent", "outcome"] or lines[0]["id"] != lines[1]["id"]:
        wrong.append("the audit log: " + text)
    elif lines[1]["verdict"] != verdict or lines[1]["unknown"] != (verdict == "unknown"):
        wrong.append("the audit log says " + lines[1]["verdict"])
    for name, where in (("the audit log", text), ("stdout", done.stdout), ("stderr", done.stderr),
                        ("the debug file", read(os.path.join(world.folder, "debug")))):
        if TOKEN in where:
            wrong.append("the token is in " + name)
    return wrong, "%s%s" % (verdict, ", applied" if mine else ", applied by another" if hits else "")


def case(fault, action):
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pipetop-acts") as folder:
        world = World(action, folder)
        try:
            world.post("fault?class=%s&%s" % (action, fault[1]))
            done = command(world, action)
            try:
                wrong, note = judge(world, action, done)
            except (ValueError, KeyError, OSError) as failure:
                wrong, note = ["%s: %r" % (type(failure).__name__, failure)], "?"
            return wrong, note, done, time.monotonic() - began
        finally:
            world.end()


def main():
    only = sys.argv[1:]
    cases = [(fault, action) for fault in FAULTS for action in (fault[2] if len(fault) > 2 else ACTIONS)
             if not only or any(word in fault[0] + " " + action for word in only)]
    bad = 0
    print("1..%d" % len(cases), flush=True)
    # They wait, most of the time.
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        results = [pool.submit(case, fault, action) for fault, action in cases]
        for number, ((fault, action), future) in enumerate(zip(cases, results), 1):
            wrong, note, done, seconds = future.result()
            bad += bool(wrong)
            print("%sok %d - %s: %s (%s)" % ("not " if wrong else "", number, action, fault[0], note))
            for line in wrong:
                print("#   " + line)
            if wrong or os.environ.get("VERBOSE"):
                print("#   %.1f s, exit status %d: %s %s" % (seconds, done.returncode, done.stdout.strip()[-420:],
                                                         done.stderr.strip()))
            sys.stdout.flush()
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
