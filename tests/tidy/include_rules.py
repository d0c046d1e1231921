"""Who may include whom (docs/architecture.md): the dependency rule, read from the #include lines.

CMake target visibility says the same about linking; this says it about headers, which CMake cannot see.
"""

import re

SERVICES = ("registry", "transfer", "attendance", "accountability", "audit", "identity")

# What a pure room may not touch: time, chance, threads, files, the process. Decide and Evolve must give the same answer
# in ten years on another machine.
IMPURE = {
    "atomic", "chrono", "condition_variable", "ctime", "filesystem", "fstream", "future", "iostream", "mutex",
    "random", "semaphore", "shared_mutex", "stop_token", "thread", "time.h", "unistd.h", "fcntl.h", "stdio.h",
    "cstdio", "csignal", "signal.h", "pthread.h",
}
IMPURE_PREFIXES = ("sys/", "absl/time/", "absl/synchronization/", "absl/random/", "openssl/rand", "openssl/ssl",
                   "openssl/bio", "spdlog/")

# Platform headers that are pure although their room is not. The digest of stored bytes is what an auditor recomputes far
# from any journal.
PURE_HEADERS = {"platform/journal/record_digest.h"}

# Libraries with one home each: prefix -> where its headers may appear.
HOMES = {
    "rocksdb/": ("services/platform/rocks/", "services/platform/store/", "services/platform/journal/embedded", "services/platform/vault/", "tests/",
                 "tools/bench/bare_server", "tools/bench/disk_size"),
    "grpcpp/": ("services/platform/rpc/", "tools/", "tests/"),
    "grpc/": ("services/platform/rpc/", "tools/", "tests/"),
    "librdkafka/": ("services/platform/journal/kafka", "tests/"),
}

# Platform rooms: room -> the platform rooms it may use. A room that is not listed may use all of them.
PLATFORM = {
    "base": {"base"},
    "calendar": {"base", "calendar"},
    "rocks": {"base", "rocks"},
    "journal": {"base", "rocks", "journal"},
    "store": {"base", "rocks", "store"},
    "vault": {"base", "rocks", "vault"},
    "engine": {"base", "calendar", "journal", "store", "engine"},
}

_INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def includes(file):
    for number, line in enumerate(file.code_lines, 1):
        match = _INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def _room(path):
    """("transfer", "domain") for services/transfer/domain/x.cc; ("platform", "store") below the platform."""
    parts = path.split("/")
    if parts[0] != "services" or len(parts) < 4:
        return None, None
    return parts[1], parts[2]


def _is_generated(target):
    return target.endswith(".pb.h")


def _is_ours(target):
    return target.split("/")[0] in SERVICES + ("platform", "twinlined", "gateway")


def include_rule(file):
    if not file.is_cpp:
        return
    service, room = _room(file.path)
    for number, quote, target in includes(file):
        if ".." in target.split("/"):
            yield number, f"{target}: paths start at services/, not at the including file"
        for prefix, homes in HOMES.items():
            if target.startswith(prefix) and not file.path.startswith(homes):
                yield number, f"{target}: {prefix} headers belong to {', '.join(homes)}"
        if service is None:
            continue
        yield from ((number, m) for m in _pure(service, room, quote, target))
        yield from ((number, m) for m in _neighbours(service, room, target))


def _pure(service, room, quote, target):
    if not (room == "domain" or (service, room) == ("platform", "calendar")):
        return
    if target in IMPURE or target.startswith(IMPURE_PREFIXES):
        yield f"<{target}> in a pure room: no clock, chance, threads or I/O below domain/ and calendar/"
    if target.endswith(".grpc.pb.h"):
        yield f"{target}: a pure room knows messages, not RPCs"
    if quote == '"' and _is_ours(target) and not _is_generated(target):
        own = ("platform/base/", "platform/calendar/")
        if service != "platform":
            own += (f"{service}/domain/", f"{service}/tables/")
        if not target.startswith(own) and target not in PURE_HEADERS:
            yield f"{target}: a pure room may include only {', '.join(own)} and generated messages"


def _neighbours(service, room, target):
    if _is_generated(target):
        return
    parts = target.split("/")
    if service == "platform":
        if parts[0] in SERVICES:
            yield f"{target}: the platform knows no service"
        allowed = PLATFORM.get(room)
        if allowed and parts[0] == "platform" and parts[1] not in allowed:
            yield f"{target}: platform/{room} may use only platform/{{{','.join(sorted(allowed))}}}"
    elif service in SERVICES:
        if parts[0] in SERVICES and parts[0] != service:
            yield f"{target}: a service uses another service's published protos, never its headers"
        if parts[0] == "twinlined":
            yield f"{target}: a service cannot tell which process it runs in"
