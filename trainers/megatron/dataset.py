"""A prepared corpus, shards in llm.c's layout, as Megatron's indexed datasets: one .bin and .idx a split."""

import array
import hashlib
import json
import os
import pathlib
import shutil
import struct
import tempfile

HEADER_BYTES = 1024
# llm.c's magic number: its version, bytes a token, and Megatron's code of that type.
TYPES = {20_240_520: (1, 2, 8), 20_240_801: (7, 4, 4)}
# Megatron keeps lengths in 32 bits: a split is told as sequences of this many tokens, one document.
SEQUENCE = 1 << 20


class CorpusError(Exception):
    """A corpus that is missing or damaged."""


def dataset(data, digest):
    """The arguments that name the corpus whose manifest has the SHA-256 `digest`. It is converted once, beside the
    corpora; whoever comes first makes it, and it is there whole or not at all."""
    folder, manifest = corpus(data, digest)
    place = data / "megatron" / digest
    if not place.is_dir():
        place.parent.mkdir(exist_ok=True)
        fresh = pathlib.Path(tempfile.mkdtemp(dir=place.parent, prefix=".partial-"))
        try:
            for split, record in manifest["splits"].items():
                convert([folder / shard["file"] for shard in record["shards"]], fresh / split)
            try:
                fresh.rename(place)
            except OSError:
                if not place.is_dir():
                    raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return [
        "--tokenizer-type", "NullTokenizer", "--train-data-path", str(place / "train"),
        "--valid-data-path", str(place / "validation"),
    ]


def corpus(data, digest):
    for path in sorted((data / "corpora").glob("*/manifest.json")):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == digest:
            return path.parent, json.loads(content)
    raise CorpusError(
        f"no corpus below {data / 'corpora'} has SHA-256 {digest}; `orchestrator corpus prepare` makes one, and a worker"
        " fetches it from its daemon"
    )


def convert(shards, prefix):
    """Writes PREFIX.bin and PREFIX.idx, synced."""
    count, size, code = 0, 0, 0
    with open(f"{prefix}.bin", "wb") as tokens:
        for path in shards:
            with open(path, "rb") as shard:
                magic, version, length = struct.unpack("<3i", shard.read(12))
                known, size, code = TYPES.get(magic, (None, 0, 0))
                if known != version or path.stat().st_size != HEADER_BYTES + length * size:
                    raise CorpusError(f"{path} is no token file in llm.c's layout")
                shard.seek(HEADER_BYTES)
                shutil.copyfileobj(shard, tokens, 1 << 24)
                count += length
        sync(tokens)
    lengths = [min(SEQUENCE, count - start) for start in range(0, count, SEQUENCE)]
    with open(f"{prefix}.idx", "wb") as index:
        index.write(b"MMIDIDX\x00\x00" + struct.pack("<QBQQ", 1, code, len(lengths), 2))
        index.write(array.array("i", lengths).tobytes())
        index.write(array.array("q", range(0, count * size, SEQUENCE * size)).tobytes())
        index.write(array.array("q", [0, len(lengths)]).tobytes())
        sync(index)


def sync(file):
    file.flush()
    os.fsync(file.fileno())
