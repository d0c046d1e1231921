#!/usr/bin/env python3
"""Compares what a server did under strace with the SystemCallFilter= lines of its unit.

usage: check_syscalls.py <unit> <output of strace -f -o>

The sets (@system-service, ...) are those of this machine's systemd. A filter that forgets a call is found here, and not
by a county whose server does not come up after an upgrade.
"""

import re
import subprocess
import sys


def members(name, seen=()):
    """All calls of a set such as @system-service; a name without @ is itself."""
    if not name.startswith("@"):
        return {name}
    lines = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    calls = set()
    for word in (line.strip() for line in lines.splitlines()[1:]):
        if word and not word.startswith("#") and word not in seen:
            calls |= members(word, (*seen, name))
    return calls


def allowed_by(unit):
    """As systemd reads it: the first line makes an allow list, ~ takes away, later lines add."""
    calls = members("@default")
    for line in open(unit, encoding="utf-8"):
        match = re.match(r"SystemCallFilter=(~?)(.+)", line.strip())
        if match:
            named = set().union(*(members(word) for word in match[2].split()))
            calls = calls - named if match[1] else calls | named
    return calls


def main():
    unit, trace = sys.argv[1:]
    allowed = allowed_by(unit)
    lines = open(trace, encoding="utf-8", errors="replace").read().splitlines()
    # What runs before the program itself, env and setpriv, runs in place of systemd.
    begin = next(n for n, line in enumerate(lines) if 'execve("/usr/bin/twinlined"' in line)
    used = {m[1] for m in (re.match(r"\d+ +(\w+)\(", line) for line in lines[begin + 1:]) if m}
    if len(used) < 30:
        sys.exit(f"only {len(used)} different calls in {trace}: that was no server")
    if not {"adjtimex", "clock_adjtime"} <= allowed:
        sys.exit("the clock's state cannot be read: no clock would be trusted after an outage")
    refused = sorted(used - allowed)
    if refused:
        sys.exit("used, and refused by the unit: " + " ".join(refused))
    print(f"{len(used)} different system calls, all allowed")


if __name__ == "__main__":
    main()
