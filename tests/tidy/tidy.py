#!/usr/bin/env python3
"""The rules of the house that neither the compiler nor buf knows. Registered as the ctest `tidy`.

usage: tidy.py [root]

Prints `path:line: message` for every break and exits 1 when there is one. Warnings are printed and break nothing.
self_test.py proves for each rule that it can fail.
"""

import os
import sys

import house
import include_rules
import proto_rules
import text_rules

WARNINGS = (text_rules.size_warning, text_rules.function_warning)


def load_allowed(root):
    path = os.path.join(root, "tests", "tidy", "allow.txt")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as stream:
        entries = [line.split(None, 1) for line in stream if line.strip() and not line.startswith("#")]
    bare = [entry[0] for entry in entries if len(entry) < 2]
    if bare:
        sys.exit(f"{path}: {bare[0]}: an exception needs a reason")
    return {entry[0] for entry in entries}


def rules(allowed):
    return (
        include_rules.include_rule,
        text_rules.size_rule,
        text_rules.leftover_rule,
        text_rules.clock_rule,
        text_rules.sleep_rule,
        text_rules.pragma_rule,
        text_rules.machine_rule,
        proto_rules.event_rule,
        proto_rules.secret_rule(allowed),
    )


def check(files, allowed=frozenset()):
    """Returns (breaks, warnings), each a list of (path, line, message)."""
    breaks, warnings = [], []
    active = rules(allowed)
    for file in files:
        for rule in active:
            breaks += [(file.path, line, message) for line, message in rule(file)]
        for rule in WARNINGS:
            warnings += [(file.path, line, message) for line, message in rule(file)]
    return breaks, warnings


def main(root):
    files = list(house.load(root))
    breaks, warnings = check(files, load_allowed(root))
    for path, line, message in warnings:
        print(f"{path}:{line}: warning: {message}")
    for path, line, message in breaks:
        print(f"{path}:{line}: {message}")
    print(f"tidy: {len(files)} files, {len(breaks)} breaks, {len(warnings)} warnings")
    return 1 if breaks or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.getcwd()))
