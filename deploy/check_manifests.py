#!/usr/bin/env python3
"""Checks compose file and Kubernetes manifests: that what they name exists, and that their configuration is one.

usage: check_manifests.py <twinlined> <version> <scratch directory>

What a schema cannot know is always checked. The schemas themselves: Kubernetes by the PyPI package kubernetes-validate, if
it can be imported; compose by compose-go, the library of `docker compose config`, if Go and its modules are to be had. What
was not checked is said. Exit 77: no YAML parser.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
KUBERNETES_VERSION = "1.33"
problems, notes = [], []


def need(condition, text):
    if not condition:
        problems.append(text)


def check_config(twinlined, text, where, scratch):
    file = scratch / "config.textproto"
    file.write_text(text, encoding="utf-8")
    said = subprocess.run([twinlined, "--config", file, "--check-config"], capture_output=True, text=True, check=False)
    need(said.returncode == 0, f"{where}: {said.stderr.strip()}")


def paths_in(config):
    """Files that a configuration names and somebody else must provide."""
    return re.findall(r'_file: "(/(?:etc|run)/[^"]+)"', config)


def under(path, mounts):
    return any(path == mount or path.startswith(mount + "/") for mount in mounts)


def check_pod(pod, where, objects, secrets, config, options, version):
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for volume in volumes.values():
        for kind, key in (("configMap", "name"), ("secret", "secretName"), ("persistentVolumeClaim", "claimName")):
            name = volume.get(kind, {}).get(key)
            known = {"configMap": objects.get("ConfigMap", {}), "secret": secrets,
                     "persistentVolumeClaim": objects.get("PersistentVolumeClaim", {})}[kind]
            need(name is None or name in known, f"{where}: {kind} {name} is nowhere")
    need(pod["serviceAccountName"] in objects["ServiceAccount"], f"{where}: no service account {pod['serviceAccountName']}")
    need(pod["securityContext"]["runAsNonRoot"], f"{where}: runs as root")
    for container in pod.get("initContainers", []) + pod["containers"]:
        name = f"{where}/{container['name']}"
        mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
        need(all(mount["name"] in volumes for mount in container["volumeMounts"]), f"{name}: mounts a volume that is not there")
        need(container["securityContext"]["readOnlyRootFilesystem"], f"{name}: may write to its root")
        if not container["image"].startswith("twinline:"):
            continue
        need(container["image"] == f"twinline:{version}", f"{name}: image {container['image']}, this is {version}")
        command = " ".join(container.get("command", []) + container.get("args", []))
        if "twinlined" in command or "command" not in container:
            for option in re.findall(r"(?<= )--[a-z-]+(?=[ =])", f" {command} ".replace("--signal=TERM", "")):
                need(option in options, f"{name}: twinlined has no {option}")
            for path in paths_in(config):
                need(under(path, mounts), f"{name}: {path} of the configuration is not mounted")
            data = re.search(r"--data[ ,]+(\S+)", command)
            need(data and under(data[1].rstrip(","), mounts) and data[1] not in mounts, f"{name}: data must lie below a volume's root")


def check_kubernetes(yaml, twinlined, options, version, scratch):
    folder = HERE / "kubernetes"
    objects, documents = {}, []
    for file in ("twinline.yaml", "birth/job.yaml"):
        documents += [d for d in yaml.safe_load_all((folder / file).read_text(encoding="utf-8")) if d]
    for document in documents:
        objects.setdefault(document["kind"], {})[document["metadata"]["name"]] = document
        need(document["kind"] == "Namespace" or document["metadata"]["namespace"] in objects["Namespace"],
             f"{document['kind']} {document['metadata']['name']}: no such namespace")
    secrets = re.findall(r"create secret generic (\S+)", (folder / "README.md").read_text(encoding="utf-8"))
    config = objects["ConfigMap"]["twinline"]["data"]["twinlined.textproto"]
    check_config(twinlined, config, "ConfigMap twinline", scratch)
    for path in re.findall(r'(?:kek_file|second_place): "([^"]+)"', config):
        # /var/lib/<volume>/<directory>[/<file>]: see fsGroupChangePolicy in twinline.yaml.
        directory = Path(path).parent if path.endswith("/kek") else Path(path)
        need(len(directory.parts) >= 5, f"{path} must lie in a directory below a volume's root")
    stateful = objects["StatefulSet"]["twinline"]["spec"]
    labels = stateful["template"]["metadata"]["labels"]
    for kind, selector in (("StatefulSet", stateful["selector"]["matchLabels"]),
                           ("Service", objects["Service"]["twinline"]["spec"]["selector"]),
                           ("PodDisruptionBudget", objects["PodDisruptionBudget"]["twinline"]["spec"]["selector"]["matchLabels"]),
                           ("NetworkPolicy", objects["NetworkPolicy"]["twinline"]["spec"]["podSelector"]["matchLabels"])):
        need(selector.items() <= labels.items(), f"{kind} twinline selects nothing")
    job = objects["Job"]["twinline-birth"]["spec"]["template"]
    need(job["metadata"]["labels"] != labels, "the service would send calls to the birth job")
    pod = stateful["template"]["spec"]
    grace = int(re.search(r"stop_grace_s: (\d+)", config)[1])
    need(pod["terminationGracePeriodSeconds"] > 2 * grace, "the pod is killed before calls at work are answered")
    need(stateful["serviceName"] in objects["Service"], "no service for the StatefulSet")
    check_pod(pod, "StatefulSet", objects, secrets, config, options, version)
    check_pod(job["spec"], "Job", objects, secrets, config, options, version)
    try:
        import kubernetes_validate
    except ImportError:
        notes.append("the manifests were NOT held against the schemas of Kubernetes: pip install kubernetes-validate")
        return
    for document in documents:
        try:
            kubernetes_validate.validate(document, KUBERNETES_VERSION, strict=True)
        except Exception as error:  # its own types differ by version
            problems.append(f"{document['kind']} {document['metadata']['name']}: {error}")
    notes.append(f"{len(documents)} objects are valid for Kubernetes {KUBERNETES_VERSION}")


def check_compose(yaml, twinlined, version, scratch):
    folder = HERE / "compose"
    compose = yaml.safe_load((folder / "compose.yml").read_text(encoding="utf-8"))
    config = (folder / "twinlined.textproto").read_text(encoding="utf-8")
    check_config(twinlined, config, "compose/twinlined.textproto", scratch)
    twinline = compose["services"]["twinline"]
    need(twinline["image"] == f"twinline:{version}", f"compose: image {twinline['image']}, this is {version}")
    for path in paths_in(config):
        need(path.removeprefix("/run/secrets/") in twinline["secrets"], f"compose: {path} is no secret of the service")
    for broker in re.search(r'brokers: "([^"]+)"', config)[1].split(","):
        need(broker.split(":")[0] in compose["services"], f"compose: no service {broker}")
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                need((folder / source).exists(), f"compose: {source} is not there")
    if shutil.which("go") is None:
        notes.append("the compose file was NOT read by compose-go: no go command")
        return
    tool = scratch / "compose-check"
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    source = HERE.parent / "tests/deploy/compose_check"
    built = subprocess.run(["go", "build", "-o", tool, "."], cwd=source, env=environment, capture_output=True, text=True, check=False)
    if built.returncode != 0:
        notes.append(f"the compose file was NOT read by compose-go: {built.stderr.strip().splitlines()[-1]}")
        return
    said = subprocess.run([tool, folder / "compose.yml"], capture_output=True, text=True, check=False)
    need(said.returncode == 0, f"compose: {said.stderr.strip()}")
    notes.append(f"compose-go reads {said.stdout.strip()}")


def main():
    twinlined, version, scratch = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    try:
        import yaml
    except ImportError:
        print("SKIPPED check_manifests: no YAML parser (Debian package python3-yaml)", file=sys.stderr)
        sys.exit(77)
    scratch.mkdir(parents=True, exist_ok=True)
    options = set(re.findall(r"--[a-z-]+", subprocess.run([twinlined, "--help"], capture_output=True, text=True, check=True).stdout))
    check_kubernetes(yaml, twinlined, options, version, scratch)
    check_compose(yaml, twinlined, version, scratch)
    for line in notes + problems:
        print(line)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
