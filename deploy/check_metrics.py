#!/usr/bin/env python3
"""Holds alert rules, dashboard and runbook against what a running twinlined exports.

usage: check_metrics.py <twinlined> <twinline> <scratch directory>

A rule over a metric that does not exist never fires, and nobody notices. Checked: every metric named anywhere is exported,
with the labels that its expressions use; every exported metric is on the dashboard; every section of the runbook that an
alert names is there.
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = re.compile(r"\btwinline_[a-z_]+")
# A selector: metric{label="..", other=~".."}
SELECTOR = re.compile(r"\b(twinline_[a-z_]+)\{([^}]*)\}")
GROUPING = re.compile(r"\b(?:by|on|group_right|ignoring)\s*\(([^)]*)\)")
PARTS_OF_A_HISTOGRAM = ("_bucket", "_sum", "_count")
# What Prometheus adds by itself, and what label_replace makes here.
GIVEN_LABELS = {"instance", "job", "le", "source"}


def family(name, families):
    for part in PARTS_OF_A_HISTOGRAM:
        stem = name.removesuffix(part)
        if stem != name and families.get(stem, {}).get("type") == "histogram":
            return stem
    return name


def exported(page):
    """Family name -> type and labels, out of the text format."""
    families = {}
    for line in page.splitlines():
        kind = re.match(r"# TYPE (\S+) (\S+)", line)
        if kind:
            families[kind[1]] = {"type": kind[2], "labels": set()}
            continue
        sample = re.match(r"(twinline_[a-z_]+)(?:\{(.*)\})? \S+$", line)
        if sample:
            families[family(sample[1], families)]["labels"] |= set(re.findall(r'(\w+)="', sample[2] or ""))
    return families


def rule_expressions():
    """The text of each expr of the rules: promtool checks the YAML, so reading it by its layout is enough."""
    text = (HERE / "monitoring/twinline.rules.yml").read_text(encoding="utf-8")
    return re.findall(r"^ +expr: (?:>\n((?: {10,}.*\n)+)|(.*)\n)", text, re.MULTILINE)


def dashboard_expressions():
    dashboard = json.loads((HERE / "monitoring/twinline.dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]


def run(twinlined, twinline, scratch):
    """The metrics page of a fresh demonstration, after a call or two."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    data, log = scratch / "data", open(scratch / "server.log", "w", encoding="utf-8")
    subprocess.run([twinlined, "--data", data, "--init", "demo"], check=True, stderr=log)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([twinlined, "--data", data, "--listen", "127.0.0.1:0", "--metrics", f"127.0.0.1:{port}"],
                              stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        listening = next((line for line in server.stdout if line.startswith("listening on port ")), None)
        if listening is None:
            sys.exit(f"the server does not come up, see {scratch}/server.log")
        # A wrong password is a call too; metrics of calls begin with the first one.
        subprocess.run([twinline, "--server", f"127.0.0.1:{listening.split()[-1]}", "--as", scratch / "token", "login", "nobody"],
                       input="wrong-password\n", text=True, capture_output=True, check=False)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
            return page.read().decode()
    finally:
        server.terminate()
        server.wait()


def main():
    twinlined, twinline, scratch = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    families = {name: what for name, what in exported(run(twinlined, twinline, scratch)).items() if name.startswith("twinline_")}
    problems = []
    if len(families) < 20:
        problems.append(f"only {len(families)} metrics are exported")
    rules = ["".join(match) for match in rule_expressions()]
    panels = list(dashboard_expressions())
    ids = [panel["id"] for panel in json.loads((HERE / "monitoring/twinline.dashboard.json").read_text(encoding="utf-8"))["panels"]]
    if len(ids) != len(set(ids)):
        problems.append("two panels of the dashboard have one id")
    rules_text = (HERE / "monitoring/twinline.rules.yml").read_text(encoding="utf-8")
    if len(rules) != rules_text.count("- alert:"):
        problems.append("not every alert's expression was found")
    runbook = (HERE.parent / "docs/runbook.md").read_text(encoding="utf-8")
    for where, expressions in (("rules", rules), ("dashboard", panels)):
        for expression in expressions:
            names = {family(name, families) for name in NAME.findall(expression)}
            problems += [f"{where}: {name} is not exported: {expression.strip()}" for name in names if name not in families]
            known = GIVEN_LABELS.union(*(families.get(name, {"labels": set()})["labels"] for name in names))
            used = set().union(*(set(re.findall(r"\w+", group)) for group in GROUPING.findall(expression)))
            for name, selector in SELECTOR.findall(expression):
                labels = set(re.findall(r"(\w+)\s*[=!]~?", re.sub(r'"[^"]*"', "", selector)))
                allowed = families.get(family(name, families), {"labels": set()})["labels"] | GIVEN_LABELS
                problems += [f"{where}: {name} has no label {label}" for label in labels - allowed]
            problems += [f"{where}: nothing has the label {label}: {expression.strip()}" for label in used - known]
    problems += [f"docs/runbook.md: {name} is not exported" for name in set(NAME.findall(runbook)) if family(name, families) not in families]
    shown = {family(name, families) for expression in panels for name in NAME.findall(expression)}
    problems += [f"the dashboard does not show {name}" for name in sorted(set(families) - shown)]
    headings = set(re.findall(r"^#+ (.*)$", runbook, re.MULTILINE))
    problems += [f"the runbook has no section {section!r}" for section in set(re.findall(r'runbook: "(.*)"', rules_text)) - headings]
    for problem in problems:
        print(problem)
    print(f"{len(families)} metrics exported, {len(rules)} rules, {len(panels)} expressions on the dashboard, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
