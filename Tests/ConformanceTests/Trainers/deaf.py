"""Ignores SIGTERM."""

import signal

from right import train

train.signal.signal = lambda number, _, plain=signal.signal: plain(number, signal.SIG_IGN)
train.main()
