#!/usr/bin/env python3
"""Every system call of an append fails once, and is once the last one of its process.

append_one is run under strace to list the calls that it makes on files of the data directory. Then, for each of
them, a copy of the directory is taken, the program is run again with that call answered by an error (EIO, and
ENOSPC for writes) or killed at that call, and the directory is looked at:

  * what was acknowledged before, or by this run, is there, in the same order;
  * nothing else is there but, at most, the one command of this run that was not acknowledged;
  * a start without faults serves, and a retry with the same id leaves exactly one commit of it.

What it cannot find: anything that needs power to fail (the page cache survives: power_loss_test), or several
processes. Where tracing processes is not allowed it skips, loudly (exit 77).

    syscall_faults.py path/to/append_one [--every N] [--only CALL]
"""

import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

CALLS = ["fdatasync", "fsync", "sync_file_range", "pwrite64", "write", "writev", "rename", "openat", "ftruncate",
         "fallocate", "unlink", "mkdir", "link"]
WRITES = {"pwrite64", "write", "writev", "fallocate", "ftruncate"}
SKIP = 77
LINE = re.compile(r"^(\d+)\s+(\w+)\((.*)$")

Fault = collections.namedtuple("Fault", "call when what")


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)


def skip(why):
    print(f"SKIPPED: syscall_faults did not run: {why}", flush=True)
    sys.exit(SKIP)


def traced(program, directory, name, options, out):
    return run(["strace", "-f", "-y", "-o", out, *options, program, "append", directory, name])


def list_calls(program, base, work):
    """(call, n): the n-th such call of its thread touched the data directory."""
    directory, out = os.path.join(work, "count"), os.path.join(work, "count.txt")
    shutil.copytree(base, directory)
    done = traced(program, directory, "new", ["-e", "trace=" + ",".join(CALLS)], out)
    if done.returncode != 0 or "accepted" not in done.stdout:
        if "ptrace" in done.stderr or "Operation not permitted" in done.stderr:
            skip("strace may not trace here: " + done.stderr.strip().splitlines()[-1])
        sys.exit(f"the run without faults failed: {done.stdout} {done.stderr}")
    seen, found = collections.Counter(), set()
    with open(out, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = LINE.match(line)
            if not match or match.group(2) not in CALLS:
                continue
            thread, call, rest = match.groups()
            seen[thread, call] += 1
            if directory in rest:
                found.add((call, seen[thread, call]))
    shutil.rmtree(directory)
    return sorted(found)


def faults_of(calls):
    for call, when in calls:
        yield Fault(call, when, "error=EIO")
        if call in WRITES:
            yield Fault(call, when, "error=ENOSPC")
        yield Fault(call, when, "signal=KILL")


def show(program, directory):
    done = run([program, "show", directory])
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines or not lines[-1].startswith("end "):
        return None, (done.stdout + done.stderr).strip()
    return [line.split()[1] for line in lines[:-1]], ""


def check(program, base, work, fault, acknowledged, new_id):
    """None when all is well, else what is wrong."""
    directory = tempfile.mkdtemp(dir=work)
    try:
        data = os.path.join(directory, "data")
        shutil.copytree(base, data)
        inject = f"inject={fault.call}:{fault.what}:when={fault.when}"
        done = traced(program, data, "new", ["-e", "trace=" + fault.call, "-e", inject],
                      os.path.join(directory, "trace.txt"))
        with open(os.path.join(directory, "trace.txt"), encoding="utf-8", errors="replace") as trace:
            hit = "INJECTED" in (text := trace.read()) or "killed by SIGKILL" in text
        told = "accepted" in done.stdout
        ids, problem = show(program, data)
        if ids is None:
            return hit, f"cannot be read afterwards: {problem}"
        if ids[:len(acknowledged)] != acknowledged:
            return hit, f"acknowledged commits are gone: {ids}"
        rest = ids[len(acknowledged):]
        if rest not in ([], [new_id]) or (told and not rest):
            return hit, f"told {'accepted' if told else 'unknown'}, and behind the old ones there is {rest}"
        again = run([program, "append", data, "new"])
        if "accepted" not in again.stdout:
            return hit, f"a start without faults does not serve: {again.stdout}{again.stderr}"
        ids, problem = show(program, data)
        if ids != acknowledged + [new_id]:
            return hit, f"after the retry there is {ids} {problem}"
        return hit, None
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--every", type=int, default=int(os.environ.get("TWINLINE_SYSCALLS_EVERY", "1")),
                        help="try only each N-th call")
    parser.add_argument("--only", help="only this call")
    options = parser.parse_args()
    if shutil.which("strace") is None:
        skip("there is no strace")
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory(prefix="syscall_faults.", dir=os.getcwd()) as work:
        if run(["strace", "-o", os.devnull, "true"]).returncode != 0:
            skip("strace may not trace here")
        base = os.path.join(work, "base")
        os.mkdir(base)
        for name in ("one", "two", "three"):
            done = run([program, "append", base, name])
            if "accepted" not in done.stdout:
                sys.exit(f"cannot append {name}: {done.stdout}{done.stderr}")
        acknowledged, problem = show(program, base)
        if acknowledged is None or len(acknowledged) != 3:
            sys.exit(f"the history to begin with is not there: {acknowledged} {problem}")
        new_id = run([program, "id", "new"]).stdout.strip()

        faults = [f for f in faults_of(list_calls(program, base, work)) if options.only in (None, f.call)]
        faults = faults[::max(1, options.every)]
        hits, failures = collections.Counter(), []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = {pool.submit(check, program, base, work, f, acknowledged, new_id): f for f in faults}
            for job in concurrent.futures.as_completed(jobs):
                fault, (hit, problem) = jobs[job], job.result()
                hits[fault.call] += hit
                if problem:
                    failures.append(f"{fault.call} number {fault.when} {fault.what}: {problem}")
    print(f"{len(faults)} faults, of which hit: " + ", ".join(f"{c} {n}" for c, n in sorted(hits.items())))
    for failure in sorted(failures):
        print("FAILED " + failure)
    if not options.only and not all(hits[call] for call in ("fdatasync", "write", "openat")):
        sys.exit("hardly any fault hit: the trace was not understood")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
