"""Right, with fields that the protocol does not know, and a blank `balance`."""

from right import train

tell = train.tell
train.tell = lambda event, **fields: tell(event, **fields, rank=0, notes={"by": ["nobody"]}, balance=None)
train.main()
