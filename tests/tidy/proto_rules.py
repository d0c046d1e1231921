"""Rules of the contract that buf does not know.

Events are hashed as stored and live for ever. A map has no fixed order on the wire, an Any hides its type from a reader
of 2036, a floating-point number is not the same on every machine. A secret in an event can be attacked off line for
ever, changed or not (R-56): secrets live in the vault, events carry their id.
"""

import re

_MAP = re.compile(r"\bmap\s*<")
_ANY = re.compile(r"\bgoogle\.protobuf\.(?:Any|Struct|Value)\b|google/protobuf/(?:any|struct)\.proto")
_FLOAT = re.compile(r"^\s*(?:optional\s+|repeated\s+)?(?:float|double)\s+\w+\s*=")
_SECRET = re.compile(r"^\s*(?:optional\s+|repeated\s+)?(?:bytes|string)\s+(\w*(?:hash|secret|password|seed))\s*=")
_MESSAGE = re.compile(r"^\s*message\s+(\w+)")


def is_event_file(path):
    return path.endswith((".proto",)) and (path.endswith("_events.proto") or path.endswith("/events.proto"))


def event_rule(file):
    """Only what is stored: *_events.proto, and the journal's own envelope."""
    if not (is_event_file(file.path) or file.path.startswith("proto/twinline/journal/")):
        return
    for number, line in enumerate(file.code_lines, 1):
        if _MAP.search(line):
            yield number, "map<> in stored bytes: its order on the wire is not fixed; use a repeated message"
        if _ANY.search(line):
            yield number, "Any, Struct and Value in stored bytes hide their type from later readers"
        if _FLOAT.search(line):
            yield number, "float and double in stored bytes: use an integer in a named unit"


def secret_rule(allowed):
    """`allowed` holds `Message.field` entries of allow.txt."""

    def rule(file):
        if not is_event_file(file.path):
            return
        message = "?"
        for number, line in enumerate(file.code_lines, 1):
            opened = _MESSAGE.match(line)
            if opened:
                message = opened.group(1)
            field = _SECRET.match(line)
            if field and f"{message}.{field.group(1)}" not in allowed:
                yield number, (f"{message}.{field.group(1)}: no secret or password digest in an event (R-56); a content "
                               "hash needs an entry in tests/tidy/allow.txt")

    return rule
