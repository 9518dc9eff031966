"""Crashes where it should say that it diverged, and calls a spec without steps done."""

import json
import os
import sys

from right import train

tell = train.tell


def crashing(event, **fields):
    if event == "diverged":
        raise FloatingPointError(fields["reason"])
    tell(event, **fields)


train.tell = crashing
try:
    steps = json.load(open(os.environ["ORCHESTRATOR_RUN_SPEC"]))["steps"]
except ValueError:
    steps = None
if steps == 0:
    print("nothing to do", file=sys.stderr)
    sys.exit(0)
train.main()
