"""What the PyTorch trainer promises, with real processes: `make test-pytorch`."""

import base64
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import torch
from safetensors.torch import load_file

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))

from corpus import Corpus, WindowOrder  # noqa: E402
from initialisation import advance, rotate, seed_state, uniforms  # noqa: E402
from run import flops_per_token, parameters  # noqa: E402
from transformer import Training, Transformer  # noqa: E402

VOCAB, LENGTH = 32, 16
DENSE = {
    "layers": 2, "d_model": 16, "heads": 2, "kv_heads": 1, "d_ffn": 24, "d_expert": 0, "experts": 0, "top_k": 0,
    "shared_experts": 0, "dense_layers": 2, "vocab": VOCAB, "seq_len": LENGTH,
}
MIXTURE = DENSE | {
    "d_ffn": 24, "d_expert": 8, "experts": 8, "top_k": 2, "shared_experts": 1, "dense_layers": 1,
}


class Laboratory(unittest.TestCase):
    """A corpus of a language in which each token follows from the two before it, and folders to train in."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name)
        corpus = self.data / "corpora" / "made-up"
        corpus.mkdir(parents=True)
        generator = np.random.default_rng(7)
        tokens = list(generator.integers(0, VOCAB, 2))
        while len(tokens) < 9_000:
            surprise = generator.integers(0, VOCAB) if generator.random() < 0.1 else 0
            tokens.append((3 * tokens[-1] + tokens[-2] + surprise) % VOCAB)
        splits = {}
        for split, part in (("train", tokens[:8_000]), ("validation", tokens[8_000:])):
            shards = [self.shard(corpus / f"{split}_{i}.bin", piece) for i, piece in enumerate(np.array_split(part, 2))]
            splits[split] = {"amount": {"documents": 1, "bytes": 2 * len(part), "tokens": len(part)}, "shards": shards}
        manifest = json.dumps({"format_version": 1, "name": "made-up", "vocabulary": VOCAB, "splits": splits})
        (corpus / "manifest.json").write_text(manifest)
        self.digest = hashlib.sha256(manifest.encode()).hexdigest()

    @staticmethod
    def shard(path, tokens):
        header = np.zeros(256, "<i4")
        header[:3] = 20_240_520, 1, len(tokens)
        path.write_bytes(header.tobytes() + np.array(tokens, "<u2").tobytes())
        return {"file": path.name, "bytes": path.stat().st_size, "sha256": ""}

    def spec(self, architecture=DENSE, **changes):
        return {
            "trainer": "pytorch", "architecture": architecture, "batch_sequences": 8, "steps": 60, "seed": 3,
            "corpus": {"name": "made-up", "sha256": self.digest}, "evaluation": {"count": 3, "sequences": 20},
            "initialisation": "fan_in",
            "optimiser": {
                "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "weight_decay": 0.1, "clip": 1
            },
            "router": {
                "gate": "softmax_renormalised", "balance_coefficient": 0.01, "z_coefficient": 0.001, "bias_update": 0.01
            },
            "schedule": {"warmup_fraction": 0.1, "decay_fraction": 0.2, "final_fraction": 0.1},
        } | changes

    def start(self, name, spec, *options, processes=1, earlier=""):
        """A trainer in a folder of its own."""
        folder = self.data / name
        folder.mkdir(exist_ok=True)
        (folder / "spec.json").write_text(json.dumps(spec, sort_keys=True))
        launcher = [sys.executable]
        if processes > 1:
            launcher += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
        return subprocess.Popen(
            launcher + [here / "train.py", "--device", "cpu", *options], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | {
                "ORCHESTRATOR_RUN_SPEC": "spec.json", "ORCHESTRATOR_DATA": str(self.data),
                "ORCHESTRATOR_EARLIER_ATTEMPTS": earlier, "OMP_NUM_THREADS": "1",
            },
        )

    def train(self, *arguments, **options):
        """Its events, after a good end."""
        output, errors = (process := self.start(*arguments, **options)).communicate()
        self.assertEqual(process.returncode, 0, errors)
        return [json.loads(line) for line in output.splitlines()]

    def weights(self, name):
        return load_file(self.data / name / "model.safetensors")

    def assert_same_weights(self, left, right):
        left, right = self.weights(left), self.weights(right)
        self.assertEqual(left.keys(), right.keys())
        for name in left:
            self.assertTrue(torch.equal(left[name], right[name]), name)


class Protocol(Laboratory):
    def test_a_run_tells_its_life(self):
        spec = self.spec(MIXTURE)
        events = self.train("whole", spec)
        kinds = [event["event"] for event in events]
        self.assertEqual((kinds[0], kinds[-1]), ("started", "finished"))
        self.assertEqual(kinds.count("step"), 60)
        self.assertEqual(kinds.count("eval"), 3)
        model = Transformer(spec)
        self.assertEqual(events[0]["parameters"], sum(p.numel() for _, p in model.named_weights()))
        first, last = (next(e for e in order if e["event"] == "step") for order in (events, events[::-1]))
        self.assertLess(last["loss"], first["loss"] - 0.5)
        self.assertEqual(events[-1]["tokens"], 60 * 8 * LENGTH)
        self.assertEqual(events[-1]["flops"], flops_per_token(MIXTURE) * events[-1]["tokens"])
        validation = [event for event in events if event["event"] == "eval"][-1]
        self.assertEqual(events[-1]["validation_loss"], validation["loss"])
        self.assertAlmostEqual(validation["bits_per_byte"], validation["loss"] / np.log(2) / 2)
        steps = [event["step"] for event in events if event["event"] == "step"]
        self.assertEqual(steps, sorted(set(steps)))

    def test_a_run_that_leaves_the_range_diverges(self):
        spec = self.spec()
        spec["optimiser"] |= {"learning_rate": 1e6, "clip": 1e9}
        events = self.train("wild", spec)
        self.assertEqual(events[-1]["event"], "diverged")
        self.assertNotIn("finished", [event["event"] for event in events])

    def test_what_cannot_be_trained_is_refused(self):
        cases = {
            "vocabulary": (self.spec(DENSE | {"vocab": 8}), 64, "vocab is 8"),
            "steps": (self.spec(steps=0), 64, "steps is 0"),
            "missing": ({"architecture": DENSE}, 64, "has no router, optimiser"),
            "corpus": (self.spec(corpus={"name": "x", "sha256": "0" * 64}), 66, "no corpus below"),
        }
        for name, (spec, status, message) in cases.items():
            with self.subTest(name):
                output, errors = (process := self.start(name, spec)).communicate()
                self.assertEqual((process.returncode, output), (status, ""))
                self.assertIn(message, errors)


class Resuming(Laboratory):
    def test_a_run_saved_on_sigterm_ends_in_the_same_bits(self):
        spec = self.spec(MIXTURE)
        events = self.train("undisturbed", spec)
        process = self.start("first", spec)
        for line in process.stdout:
            if json.loads(line).get("step") == 20:
                process.send_signal(signal.SIGTERM)
                break
        output, errors = process.communicate()
        self.assertEqual(process.returncode, 75, errors)
        self.assertEqual(json.loads(output.splitlines()[-1])["event"], "checkpoint")
        resumed = self.train("second", spec, earlier="../first")
        self.assertGreaterEqual(resumed[0]["first_step"], 20)
        self.assertEqual(self.losses(resumed), self.losses(events))
        self.assert_same_weights("undisturbed", "second")

    def test_a_killed_run_resumes_and_a_torn_or_foreign_checkpoint_is_passed_over(self):
        spec = self.spec()
        events = self.train("undisturbed", spec)
        process = self.start("first", spec, "--checkpoint-steps", "10")
        for line in process.stdout:
            if json.loads(line) == {"event": "checkpoint", "step": 30, "path": "checkpoints/30.safetensors"}:
                process.kill()
                break
        process.communicate()
        folder = self.data / "first" / "checkpoints"
        whole = (folder / "30.safetensors").read_bytes()
        (folder / "40.safetensors").write_bytes(whole[:-100])
        (folder / "50.safetensors").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        resumed = self.train("second", spec, earlier="../first")
        self.assertEqual(resumed[0]["first_step"], 30)
        self.assertEqual(self.losses(resumed), self.losses(events))
        self.assert_same_weights("undisturbed", "second")
        other = self.train("other", self.spec(seed=4), earlier="../first")
        self.assertEqual(other[0]["first_step"], 0)

    @staticmethod
    def losses(events):
        return [(e["event"], e["step"], e["loss"]) for e in events if e["event"] in ("step", "eval")]


class Processes(Laboratory):
    def test_two_processes_train_as_one(self):
        spec = self.spec(MIXTURE)
        alone, shared = self.train("one", spec), self.train("two", spec, processes=2)
        self.assertEqual(shared[0]["environment"]["processes"], "2")
        for left, right in zip(Resuming.losses(alone), Resuming.losses(shared), strict=True):
            self.assertEqual(left[:2], right[:2])
            self.assertAlmostEqual(left[2], right[2], delta=2e-3)
        self.assertAlmostEqual(alone[1]["loss"], shared[1]["loss"], delta=1e-6)
        self.assertAlmostEqual(alone[1]["grad_norm"], shared[1]["grad_norm"], delta=1e-5)

    def test_a_batch_that_cannot_be_shared_evenly_is_refused(self):
        process = self.start("three", self.spec(batch_sequences=7), processes=2)
        output, errors = process.communicate()
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("2 processes cannot share 7 sequences", errors)

    def test_parts_of_a_batch_add_up(self):
        whole = self.train("whole", self.spec())
        parts = self.train("parts", self.spec(), "--micro-sequences", "3")
        for left, right in zip(Resuming.losses(whole), Resuming.losses(parts), strict=True):
            self.assertAlmostEqual(left[2], right[2], delta=1e-4)

    def test_bfloat16_products_learn_as_well(self):
        exact, rounded = (self.train(kind, self.spec(), "--products", kind)[-1] for kind in ("float32", "bfloat16"))
        self.assertAlmostEqual(exact["validation_loss"], rounded["validation_loss"], delta=0.05)
        self.assertNotEqual(exact["validation_loss"], rounded["validation_loss"])


class NativeNumbers(unittest.TestCase):
    """What both trainers compute from the same rule."""

    def test_streams_side_by_side_are_the_stream_one_by_one(self):
        count = 3_001
        state = np.array(seed_state(11), np.uint64).reshape(4, 1)
        expected = np.empty(count)
        for i in range(count):
            word = rotate(state[1] * np.uint64(5), 7) * np.uint64(9)
            expected[i] = (int(word[0]) >> 11) * 2.0**-53
            advance(state)
        np.testing.assert_array_equal(uniforms(11, count), expected)

    def test_every_epoch_sees_each_window_once(self):
        order = WindowOrder(37, seed=5)
        epochs = [[order[37 * epoch + i] for i in range(37)] for epoch in range(2)]
        self.assertEqual([sorted(epoch) for epoch in epochs], [list(range(37))] * 2)
        self.assertNotEqual(*epochs)

    def test_parameters_of_both_vocabulary_matrices_count(self):
        self.assertEqual(parameters(DENSE)[0], sum(p.numel() for p in Transformer({"architecture": DENSE, "router": {}}).parameters()))


if __name__ == "__main__":
    unittest.main()
