"""The template as a module: each trainer beside this file is the template with one thing wrong."""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "trainers" / "template"))

import train  # noqa: E402, F401
