"""Reads our .proto files as text: event messages, their comments and fields.

Not a compiler: it relies on the style that `tools/dev lint` enforces (one field a line, messages closed by a brace in
the first column) and stops with the place when a line is neither.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

_MESSAGE = re.compile(r"^message (\w+) \{(\})?(?:\s*//\s*(.*))?$")
_FIELD = re.compile(r"^(?P<type>(?:repeated |optional )?[\w.]+(?:<[^>]*>)?)\s+(?P<name>\w+)\s*=\s*(?P<number>\d+)"
                    r"(?:\s*\[(?P<options>[^\]]*)\])?;(?:\s*//\s*(?P<comment>.*))?$")
_EVENT = re.compile(r"option \([\w.]*event_type\) = (\d+);")
# First digit of a number: its service (proto/twinline/types/v1/options.proto).
SERVICES = {1: "registry", 2: "transfer", 3: "attendance", 4: "accountability", 5: "audit", 6: "identity",
            9: "platform"}


@dataclass
class Field:
    name: str
    type: str
    number: int
    comment: str


@dataclass
class Message:
    name: str
    package: str
    path: Path
    comment: str
    event_type: int = 0
    fields: list = field(default_factory=list)

    @property
    def service(self):
        return SERVICES.get(self.event_type // 1000, "")


def _comment_text(lines):
    return " ".join(line.strip().removeprefix("//").strip() for line in lines).strip()


def read_proto(path):
    """All top-level messages of one file, in its order."""
    messages, comments, current, depth = [], [], None, 0
    package = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if text.startswith("package "):
            package = text.removeprefix("package ").rstrip(";")
        opened = _MESSAGE.match(line)
        if opened:
            message = Message(opened[1], package, path, _comment_text(comments) or (opened[3] or ""))
            messages.append(message)
            current, depth, comments = (None if opened[2] else message), 1, []
            continue
        if text.startswith("//"):
            comments.append(text)
            continue
        if current is None or not text:
            comments = []
            continue
        event = _EVENT.search(text)
        found = _FIELD.match(text)
        if event:
            current.event_type = int(event[1])
        elif found and depth <= 2:
            said = [_comment_text(comments), (found["comment"] or "").strip()]
            current.fields.append(Field(found["name"], found["type"], int(found["number"]),
                                        " ".join(part for part in said if part)))
        elif not found and not text.startswith(("oneof ", "enum ", "message ", "option ", "reserved ", "}")):
            if depth == 1 and "=" in text and ";" in text:
                raise SystemExit(f"{path}:{number}: not read: {text}")
        depth += text.split("//")[0].count("{") - text.split("//")[0].count("}")
        if depth == 0:
            current = None
        comments = []
    return messages


def read_events(root):
    """Every event message under proto/, by number."""
    events = {}
    for path in sorted((root / "proto").rglob("*.proto")):
        for message in read_proto(path):
            if not message.event_type:
                continue
            if message.event_type in events:
                raise SystemExit(f"{path}: event number {message.event_type} is used twice")
            events[message.event_type] = message
    return [events[number] for number in sorted(events)]
