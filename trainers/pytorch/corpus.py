"""A prepared corpus as the project writes it: a manifest, and shards of tokens in llm.c's layout."""

import hashlib
import json
import math
import pathlib

import numpy as np

HEADER_BYTES = 1024
TYPES = {20_240_520: (1, np.dtype("<u2")), 20_240_801: (7, np.dtype("<u4"))}


class CorpusError(Exception):
    """A corpus that is missing or damaged."""


class Corpus:
    """The corpus below `data`/corpora whose manifest has the SHA-256 `digest`."""

    def __init__(self, data, digest):
        folder = pathlib.Path(data) / "corpora"
        for path in sorted(folder.glob("*/manifest.json")):
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == digest:
                self.folder, self.manifest = path.parent, json.loads(content)
                return
        raise CorpusError(
            f"no corpus below {folder} has SHA-256 {digest}; `orchestrator corpus prepare` makes one,"
            " and a worker fetches it from its daemon"
        )

    @property
    def vocabulary(self):
        return self.manifest["vocabulary"]

    def windows(self, split, length):
        """The split in windows of `length` predicted tokens."""
        record = self.manifest["splits"][split]
        return Windows([self.shard(shard) for shard in record["shards"]], length)

    def bits_per_byte(self, loss, split):
        """`loss`, nats a token, in bits a byte of text; None where the text's size is not known."""
        amount = self.manifest["splits"][split]["amount"]
        if not amount.get("bytes"):
            return None
        return loss * amount["tokens"] / (math.log(2) * amount["bytes"])

    def shard(self, record):
        path = self.folder / record["file"]
        try:
            size = path.stat().st_size
            header = np.fromfile(path, "<i4", 3)
        except OSError as error:
            raise CorpusError(f"cannot read {path}: {error.strerror}") from error
        if size != record["bytes"]:
            raise CorpusError(f"{path} has {size} bytes, its manifest says {record['bytes']}")
        version, dtype = TYPES.get(int(header[0]), (None, None))
        if version != header[1] or HEADER_BYTES + int(header[2]) * dtype.itemsize != size:
            raise CorpusError(f"{path} is no token file in llm.c's layout")
        return np.memmap(path, dtype, "r", HEADER_BYTES)


class Windows:
    """A token stream cut into windows of `length` + 1 tokens at a stride of `length`: each token is predicted once."""

    def __init__(self, shards, length):
        self.shards, self.length = shards, length
        self.starts = np.cumsum([0] + [len(shard) for shard in shards])
        self.count = max(0, int(self.starts[-1]) - 1) // length

    def __getitem__(self, indices):
        """The inputs and targets of those windows, [n, length] each."""
        rows = np.stack([self.tokens(index * self.length) for index in indices])
        return rows[:, :-1], rows[:, 1:]

    def tokens(self, start):
        pieces, needed = [], self.length + 1
        shard = int(np.searchsorted(self.starts, start, "right")) - 1
        while needed > 0:
            offset = start - int(self.starts[shard])
            piece = self.shards[shard][offset : offset + needed]
            pieces.append(piece.astype(np.int64))
            start, needed, shard = start + len(piece), needed - len(piece), shard + 1
        return np.concatenate(pieces)


class WindowOrder:
    """The native trainer's order of training windows: in every epoch each window once, in a pseudo-random order that is
    computed for one position at a time. A four-round Feistel network permutes the smallest power of four that holds
    all windows, and is applied again to what falls outside."""

    def __init__(self, count, seed):
        self.count, self.seed = count, seed
        self.half = 1
        while 1 << (2 * self.half) < count:
            self.half += 1

    def __getitem__(self, position):
        epoch, word = divmod(position, self.count)
        key = mix(self.seed + mix(epoch + 1))
        while True:
            left, right = word >> self.half, word & ((1 << self.half) - 1)
            for number in range(4):
                turned = mix(key + (number << 56) + right) & ((1 << self.half) - 1)
                left, right = right, left ^ turned
            word = left << self.half | right
            if word < self.count:
                return word


def mix(word):
    """SplitMix64's mixing function on a 64-bit word."""
    word &= 2**64 - 1
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & 2**64 - 1
    word = (word ^ word >> 27) * 0x94D049BB133111EB & 2**64 - 1
    return word ^ word >> 31
