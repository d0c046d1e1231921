#!/usr/bin/env python3
"""Tries the broker settings and the configuration of deploy/compose on a real Apache Kafka: one node, on loopback, with mTLS.

usage: check_tls.py <twinlined> <twinline> <scratch directory>

What is tried is what the files say; only addresses, paths and the number of brokers are this machine's. Topics are made, a
real installation is born and serves; a client without a certificate, or with one that has expired, is refused and told so.
Exit 77: cannot run here, with the reason.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
JARS = HERE.parent / "build/kafka"
START_DEADLINE_S = 90


def skip(why):
    print(f"SKIPPED deploy/check tls: {why}", file=sys.stderr)
    sys.exit(77)


def run(*command, **more):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **more)


def must(*command, **more):
    said = run(*command, **more)
    if said.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {said.returncode}\n{said.stdout}{said.stderr}")
    return said.stdout


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def certificates(scratch):
    """authority.pem, and NAME.pem with NAME-key.pem for each name; `late` has expired."""
    (scratch / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n", encoding="utf-8")
    must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", scratch / "authority-key.pem", "-out",
         scratch / "authority.pem", "-subj", "/CN=authority", "-days", "30")
    for name in ("server", "broker", "client", "late"):
        key, request = scratch / f"{name}-key.pem", scratch / f"{name}.csr"
        must("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        must("openssl", "x509", "-req", "-in", request, "-CA", scratch / "authority.pem", "-CAkey", scratch / "authority-key.pem",
             "-CAcreateserial", "-extfile", scratch / "names", "-out", scratch / f"{name}.pem", "-days",
             "-1" if name == "late" else "30")
    (scratch / "keystore.pem").write_text((scratch / "broker-key.pem").read_text() + (scratch / "broker.pem").read_text())


def broker_properties(yaml, scratch, port, controller_port):
    """What the image makes of the environment of kafka-1, for one node here."""
    environment = yaml.safe_load((HERE / "compose/compose.yml").read_text(encoding="utf-8"))["services"]["kafka-1"]["environment"]
    settings = {name[len("KAFKA_"):].lower().replace("_", "."): value for name, value in environment.items() if name.startswith("KAFKA_")}
    here = {"/run/secrets/keystore.pem": str(scratch / "keystore.pem"), "/run/secrets/authority.pem": str(scratch / "authority.pem"),
            "/var/lib/kafka/data": str(scratch / "kafka")}
    settings = {name: here.get(value, value) for name, value in settings.items()}
    settings |= {"controller.quorum.voters": f"1@localhost:{controller_port}",
                 "listeners": f"JOURNAL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
                 "advertised.listeners": f"JOURNAL://localhost:{port}", "offsets.topic.replication.factor": "1"}
    (scratch / "server.properties").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return environment["CLUSTER_ID"]


def wait_for(port, process, log):
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit(f"the broker does not come up: {log.read_text()[-2000:]}")


def configuration(scratch, port, metrics):
    text = (HERE / "compose/twinlined.textproto").read_text(encoding="utf-8")
    for inside, here in {"/run/secrets/server_certificate": scratch / "server.pem", "/run/secrets/server_key": scratch / "server-key.pem",
                         "/run/secrets/kafka_authority": scratch / "authority.pem",
                         "/run/secrets/kafka_client_certificate": scratch / "client.pem",
                         "/run/secrets/kafka_client_key": scratch / "client-key.pem", "/var/lib/twinline-keys": scratch / "keys",
                         "/var/lib/twinline-second": scratch / "second", "0.0.0.0:50051": "0.0.0.0:0",
                         "127.0.0.1:9464": f"127.0.0.1:{metrics}"}.items():
        if inside not in text:
            sys.exit(f"compose/twinlined.textproto does not name {inside}")
        text = text.replace(inside, str(here))
    text, replaced = re.subn(r'brokers: "[^"]*"', f'brokers: "localhost:{port}" replicas: 1', text)
    if replaced != 1:
        sys.exit("compose/twinlined.textproto names no brokers")
    (scratch / "twinlined.textproto").write_text(text, encoding="utf-8")


def check_twinline(twinlined, twinline, scratch, port):
    def topics(certificate, *more):
        return run(twinline, "--lang", "en", "admin", "topics", "--brokers", f"localhost:{port}", "--replicas", "1", "--tls-ca",
                   scratch / "authority.pem", *certificate, *more)

    def shown(name):
        return ("--tls-certificate", scratch / f"{name}.pem", "--tls-key", scratch / f"{name}-key.pem")

    made = topics(shown("client"), "--create")
    if made.returncode != 0 or "as topics.tsv says" not in made.stdout:
        sys.exit(f"topics: {made.stdout}{made.stderr}")
    for who, certificate in (("no certificate", ()), ("a certificate that has expired", shown("late"))):
        said = topics(certificate)
        if said.returncode == 0 or "certificate" not in said.stderr:
            sys.exit(f"with {who}: exit {said.returncode}, {said.stdout}{said.stderr}")
        print(f"with {who}: {re.search(r'SSL routines::[^:(]*', said.stderr)[0]}")

    server = [twinlined, "--config", scratch / "twinlined.textproto", "--data", scratch / "data"]
    must(*server, "--init", "real", "--county", "411282")
    with open(scratch / "server.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen([*map(str, server), "--present", "王建国", "--present", "李芳"], stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        listening = next((line for line in process.stdout if line.startswith("listening on port ")), None)
        if listening is None:
            sys.exit(f"twinlined does not come up: {(scratch / 'server.log').read_text()[-2000:]}")
        # The probe of both files.
        must(twinline, "--server", f"localhost:{listening.split()[-1]}", "--ca", scratch / "authority.pem", "admin", "status")
    finally:
        process.send_signal(signal.SIGTERM)
    if process.wait() != 0:
        sys.exit(f"twinlined ended with {process.returncode}")


def main():
    twinlined, twinline, scratch = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    try:
        import yaml
    except ImportError:
        skip("no YAML parser (Debian package python3-yaml)")
    for program in ("openssl", "java"):
        if shutil.which(program) is None:
            skip(f"no {program}")
    jars = run(HERE / "kafka/broker", "jars")
    if jars.returncode != 0:
        skip(f"no jars of Kafka: {jars.stderr.strip()[-200:]}")
    shutil.rmtree(scratch, ignore_errors=True)
    for directory in (scratch, scratch / "keys", scratch / "second"):
        directory.mkdir(parents=True)
    certificates(scratch)
    port, controller_port = free_port(), free_port()
    cluster = broker_properties(yaml, scratch, port, controller_port)
    java = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp", f"{JARS}/*"]
    must(*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", scratch / "server.properties")
    with open(scratch / "kafka.log", "w", encoding="utf-8") as log:
        broker = subprocess.Popen([*java, "kafka.Kafka", str(scratch / "server.properties")], stdout=log, stderr=log,
                                  env={**os.environ, "LC_ALL": "C.UTF-8"})
    try:
        wait_for(port, broker, scratch / "kafka.log")
        configuration(scratch, port, free_port())
        check_twinline(twinlined, twinline, scratch, port)
    finally:
        broker.terminate()
        broker.wait()
    print("topics made, an installation born and served over mTLS")


if __name__ == "__main__":
    main()
