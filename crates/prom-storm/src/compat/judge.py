"""Prints the type and the number of samples of each family of the text on standard input, as JSON."""

import importlib
import json
import sys

parser = importlib.import_module(sys.argv[1])
families = {}
for family in parser.text_string_to_metric_families(sys.stdin.read()):
    known = families.setdefault(family.name, {"type": family.type, "samples": 0})
    known["samples"] += len(family.samples)
json.dump(families, sys.stdout)
