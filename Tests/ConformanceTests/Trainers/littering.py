"""Leaves a process behind that goes on after it."""

import subprocess

from right import train

tell = train.tell


def littering(event, **fields):
    tell(event, **fields)
    if event == "finished":
        subprocess.Popen(["sleep", "1000"], start_new_session=True)


train.tell = littering
train.main()
