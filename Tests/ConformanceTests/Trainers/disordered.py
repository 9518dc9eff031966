"""Tells step 3 before step 2."""

from right import train

tell, held = train.tell, []


def out_of_order(event, **fields):
    if event == "step" and fields["step"] == 2:
        held.append(fields)
        return
    tell(event, **fields)
    while held:
        tell("step", **held.pop())


train.tell = out_of_order
train.main()
