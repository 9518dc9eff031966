"""Begins anew where it should go on."""

from right import train

train.newest = lambda: [0, [0.0, 0.0]]
train.main()
