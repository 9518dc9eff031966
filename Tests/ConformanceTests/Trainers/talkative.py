"""Prints its log where the events go."""

from right import train

tell = train.tell


def logged(event, **fields):
    tell(event, **fields)
    if event == "step" and fields["step"] % 10 == 3:
        print(f"step {fields['step']}: the loss is {fields['loss']:.3f}", flush=True)


train.tell = logged
train.main()
