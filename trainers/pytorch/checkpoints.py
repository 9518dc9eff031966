"""Checkpoints as Safetensors files, with the native trainer's names: weights, moments, selection biases, and in the
metadata all else that shapes what comes. Weights alone have the native trainer's layout in full."""

import hashlib
import json
import os
import pathlib
import struct
import sys

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

LAYOUT = "pytorch-1"
NO_DIGEST = "0" * 64
CHUNK = 1 << 24


class CheckpointError(Exception):
    """Why a file is not one to resume from."""


class Checkpoints:
    """The checkpoints that an attempt can see: its own, and those that earlier attempts left."""

    def __init__(self, spec_bytes, environment, earlier=(), kept=2):
        self.spec = hashlib.sha256(spec_bytes).hexdigest()
        self.corpus = json.loads(spec_bytes)["corpus"]["sha256"]
        self.environment, self.kept = environment, kept
        self.folders = [pathlib.Path("checkpoints")] + [pathlib.Path(path) / "checkpoints" for path in earlier]

    def newest(self):
        """Path, state, environment and tensors of the newest checkpoint that is whole and this run's; None without one.
        Each one that is passed over is named in the log."""
        for path in self.items():
            try:
                return (path, *self.read(path))
            except CheckpointError as error:
                log(f"refuses the checkpoint {path}: {error}")
        return None

    def items(self):
        """Every file by its steps, most first; of equal steps the newer attempt's first."""
        found = [
            (-int(path.stem), age, path)
            for age, folder in enumerate(self.folders)
            for path in folder.glob("*.safetensors")
            if path.stem.isdecimal()
        ]
        return [path for *_, path in sorted(found)]

    def save(self, step, tensors, state):
        """Writes what the run is after `step`, durably, and removes all but the newest; returns its path."""
        path = self.folders[0] / f"{step}.safetensors"
        path.parent.mkdir(exist_ok=True)
        self.write(path, tensors, {"orchestrator_checkpoint": LAYOUT, "state": json.dumps(state)})
        for old in [path for path in self.items() if int(path.stem) <= step][self.kept :]:
            old.unlink()
        return str(path)

    def save_weights(self, tensors):
        self.write(pathlib.Path("model.safetensors"), tensors, {})

    def write(self, path, tensors, metadata):
        metadata = metadata | {"spec_sha256": self.spec, "corpus_sha256": self.corpus, "sha256": NO_DIGEST}
        metadata |= {f"environment.{name}": value for name, value in self.environment.items()}
        partial = path.with_name(path.name + ".partial")
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, partial, metadata)
        with open(partial, "r+b") as file:
            file.seek(digest_place(file))
            digest = file_digest(partial)
            file.write(digest.encode())
            file.flush()
            os.fsync(file.fileno())
        os.rename(partial, path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def read(self, path):
        """State, environment and tensors. Raises CheckpointError."""
        try:
            with safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
                self.check(path, metadata)
                tensors = {name: file.get_tensor(name) for name in file.keys()}
        except (OSError, SafetensorError) as error:
            raise CheckpointError(f"it is torn or no Safetensors file: {error}") from error
        prefix = "environment."
        environment = {
            name.removeprefix(prefix): value for name, value in metadata.items() if name.startswith(prefix)
        }
        return json.loads(metadata["state"]), environment, tensors

    def check(self, path, metadata):
        layout = metadata.get("orchestrator_checkpoint")
        if layout != LAYOUT:
            raise CheckpointError(f"it has layout {layout}, and this trainer reads {LAYOUT}")
        if metadata["spec_sha256"] != self.spec:
            raise CheckpointError(f"it is of another run: its spec has SHA-256 {metadata['spec_sha256']}, not {self.spec}")
        if file_digest(path) != metadata["sha256"]:
            raise CheckpointError("it is damaged: its bytes do not have the SHA-256 that it was written with")


def digest_place(file):
    """Where the digest stands in an open file."""
    file.seek(0)
    (size,) = struct.unpack("<Q", file.read(8))
    field = b'"sha256":"'
    return 8 + file.read(size).index(field) + len(field)


def file_digest(path):
    """SHA-256 of the file with sixty-four zeros in the digest's place."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        place = digest_place(file)
        file.seek(0)
        digest.update(file.read(place))
        digest.update(NO_DIGEST.encode())
        file.seek(place + len(NO_DIGEST))
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def state_tensors(model, adamw):
    """Every number that shapes the next step, by the native trainer's names."""
    tensors = weight_tensors(model)
    for name, parameter in model.named_weights():
        state = adamw.state.get(parameter)
        for moment, key in (("first_moment", "exp_avg"), ("second_moment", "exp_avg_sq")):
            value = state[key] if state else torch.zeros_like(parameter)
            tensors[f"{moment}.{name}"] = shaped(name, value)
    return tensors


def weight_tensors(model):
    """What a trained model is: its parameters, and the biases that choose its experts."""
    tensors = {name: shaped(name, parameter) for name, parameter in model.named_weights()}
    if model.bias.numel() > 0:
        tensors["selection_bias"] = model.bias
    return tensors


def shaped(name, tensor):
    """A gain has one axis in a file."""
    return tensor.reshape(-1) if name.endswith("norm") else tensor


@torch.no_grad()
def restore(tensors, step, model, adamw):
    """Puts model and optimiser into the state of a checkpoint after `step`."""
    for name, parameter in model.named_weights():
        parameter.copy_(tensors[name].view(parameter.shape))
        adamw.state[parameter] = {
            "step": torch.tensor(float(step), device=parameter.device),
            "exp_avg": tensors[f"first_moment.{name}"].view(parameter.shape).to(parameter.device),
            "exp_avg_sq": tensors[f"second_moment.{name}"].view(parameter.shape).to(parameter.device),
        }
    if model.bias.numel() > 0:
        model.bias.copy_(tensors["selection_bias"])


def log(message):
    print(f"train: {message}", file=sys.stderr, flush=True)
