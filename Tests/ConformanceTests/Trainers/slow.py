"""Takes for ever to write the checkpoint that SIGTERM asks for."""

import time

from right import train

train.save = lambda step, weights: time.sleep(1_000)
train.main()
