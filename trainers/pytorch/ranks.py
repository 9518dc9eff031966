"""The processes of one run: `torchrun` starts several, and each takes its share of every batch."""

import os

import torch
import torch.distributed as dist


class Ranks:
    """This process among those of the run. Alone, every sum over processes is the number itself."""

    def __init__(self, device):
        self.count = int(os.environ.get("WORLD_SIZE", 1))
        self.number = int(os.environ.get("RANK", 0))
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(device)
        if self.device.type == "cuda":
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
            torch.cuda.set_device(self.device)
        if self.count > 1:
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    @property
    def leads(self):
        """Whether this process speaks and writes for all."""
        return self.number == 0

    def share(self, items):
        """This process's part of `items`; the parts of all, one after the other, are the whole."""
        return items[len(items) * self.number // self.count : len(items) * (self.number + 1) // self.count]

    def pool(self, tensor):
        """The sum of `tensor` over all processes."""
        if self.count > 1:
            dist.all_reduce(tensor)
        return tensor

    def total(self, *numbers):
        """Each number's sum over all processes, float64."""
        return self.pool(torch.tensor(numbers, dtype=torch.float64, device=self.device)).tolist()

    def wrap(self, model):
        """`model` with its gradients averaged over all processes."""
        if self.count == 1:
            return model
        devices = [self.device] if self.device.type == "cuda" else None
        return torch.nn.parallel.DistributedDataParallel(model, device_ids=devices, broadcast_buffers=False)

    def wait(self):
        """Returns once every process is here."""
        if self.count > 1:
            dist.barrier()

    def leave(self):
        """Ends the talk between processes, once all have nothing left to say."""
        if self.count > 1:
            dist.barrier()
            dist.destroy_process_group()
