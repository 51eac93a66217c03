"""What the shared tool `send-real-crash` does, where each of its pauses ends as soon as what it waits for is there.

    send-crash-at-once.py TOOL SUBMIT_URL
"""

import glob
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import time
import types


def load(path):
    loader = importlib.machinery.SourceFileLoader("send_real_crash", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def until(what, holds, patience=30):
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            print("not in time:", what)
            return
        time.sleep(0.05)


def has_renderer():
    for pid in sender.children(os.getpid()):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if b"--type=renderer" in file.read():
                    return True
        except OSError:
            pass  # Processes end while one looks at them.
    return False


def reports(folder):
    """Dumps in a Crashpad database that are whole: their facts stand beside them."""
    return [dump for dump in glob.glob(f"{work}/{folder}/**/*.dmp", recursive=True) if glob.glob(dump[:-4] + ".meta")]


def settle():
    until("a page", has_renderer)
    time.sleep(1)


sender = load(sys.argv[1])
with tempfile.TemporaryDirectory() as work:
    pauses = iter([settle, lambda: until("a crash of the page", lambda: reports("captured")),
                   lambda: until("a crash of the browser", lambda: len(reports("captured")) > 1),
                   lambda: until("the uploads", lambda: len(reports("outgoing/completed")) == len(dumps), 60)])
    sender.time = types.SimpleNamespace(sleep=lambda _: next(pauses)())
    dumps = sender.crash_chromium(work)
    print(len(dumps), "dumps")
    if not dumps:
        sys.exit("no dump was written")
    sender.upload(work, dumps, sys.argv[2], 0)
