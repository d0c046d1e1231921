#!/usr/bin/env python3
"""Which RPCs and refusal codes no test names, per service, against a reviewed list that may only get shorter.

    untested.py [--root DIR]             fails when a name is untested and not listed; says which lines can go
    untested.py [--root DIR] --list      prints what the list would say now

It sees names, not assertions: a code that is named is at least looked at, one that is not named is surely not. What
covers all by construction (the matrix of rights, fuzzing, this list) does not count. RPCs also count when the
demonstration calls them, for that is played in every gate.
"""

import argparse
import pathlib
import re
import sys

_BY_CONSTRUCTION = {"rights_matrix_test.cc", "garbage_test.cc", "untested.py"}
_LIST = "tests/docs/untested.txt"


def declared_rpcs(root):
    for path in sorted((root / "proto").rglob("*.proto")):
        package = path.relative_to(root / "proto").parts[1]
        for name in re.findall(r"^\s*rpc (\w+)\(", path.read_text(encoding="utf-8"), re.M):
            yield f"rpc {package} {name}"


def declared_codes(root):
    service = ""
    for line in (root / "docs/refusals.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            service = line[3:].strip()
        found = re.match(r"\| `([A-Z0-9_]+)` \|", line)
        if found:
            yield f"code {service} {found[1]}"


def text_of(paths):
    return "\n".join(p.read_text(encoding="utf-8") for p in paths
                     if p.suffix in (".cc", ".h", ".py", ".sh") and p.name not in _BY_CONSTRUCTION)


def untested(root):
    tests = text_of(sorted((root / "tests").rglob("*")))
    played = tests + text_of(sorted((root / "tools/demo").rglob("*")))
    words = set(re.findall(r"[A-Za-z0-9_]+", tests))
    played_words = set(re.findall(r"[A-Za-z0-9_]+", played))
    for name in sorted(set(declared_codes(root))):
        if name.split()[2] not in words:
            yield name
    for name in sorted(set(declared_rpcs(root))):
        # As a word of its own: "GetEvidence" is not called where "GetEvidenceRequest" is only declared.
        if name.split()[2] not in played_words:
            yield name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    now = list(untested(arguments.root))
    if arguments.list:
        print("\n".join(now))
        return 0
    reviewed = [line for line in (arguments.root / _LIST).read_text(encoding="utf-8").splitlines()
                if line and not line.startswith("#")]
    for name in sorted(set(now) - set(reviewed)):
        print(f"no test names: {name}")
    for name in sorted(set(reviewed) - set(now)):
        print(f"named by a test now, or gone; take it off {_LIST}: {name}")
    print(f"{len(now)} names without a test, {len(reviewed)} on the list")
    return int(set(now) != set(reviewed))


if __name__ == "__main__":
    sys.exit(main())
