"""Finds refusals in C++ sources: a code in capitals followed by a Chinese and an English text.

A refusal is written `{"CODE", "zh…" + part + "zh…", "en…", {…}}`. Texts may be put together at run time: what is not a
literal shows as …. What has another shape (a code that is only assigned or compared) is not a refusal to list.
"""

import re
from dataclasses import dataclass, field

_CODE = re.compile(r'^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^[A-Z]{4,}$')
_CHINESE = re.compile(r"[㐀-鿿]")
_LATIN = re.compile(r"[A-Za-z]{2}")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'"}
_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[A-Za-z_0-9.:]+|\s+|.', re.S)


@dataclass
class Refusal:
    code: str
    texts: list = field(default_factory=list)  # (zh, en), as many as there are wordings


def _tokens(source):
    return [t for t in _TOKEN.findall(source) if not t.isspace() and not t.startswith(("//", "/*"))]


def _unquote(token):
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), token[1:-1])


def _argument(tokens, at):
    """Text of one argument from `at`, and where it ends. A text that is made elsewhere is just …."""
    depth, parts = 0, []
    while at < len(tokens):
        token = tokens[at]
        if depth == 0 and token in (",", "}", ")", ";"):
            break
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        elif token.startswith('"') and (depth == 0 or _is_wrapped(tokens, at)):
            parts.append(_unquote(token))
        elif depth == 0 and token not in "+&*" and not _wraps(tokens, at):
            parts.append("…")
        at += 1
    # The {} of a format are filled in too.
    text = re.sub(r"\{[^{}]*\}", "…", "".join(parts))
    return re.sub(r"…+", "…", text).strip(), at


# fmt::format("…", …), std::string("…") and the like: their first literal is the text itself.
_WRAPPERS = ("fmt::format", "std::string", "absl::StrCat", "Str", "S")


def _wraps(tokens, at):
    return tokens[at] in _WRAPPERS and tokens[at + 1] == "(" and tokens[at + 2].startswith('"')


def _is_wrapped(tokens, at):
    while tokens[at].startswith('"'):
        at -= 1
    return tokens[at] == "(" and tokens[at - 1] in _WRAPPERS


def find(source):
    """Refusals in one source text, in its order: (code, zh, en)."""
    tokens, found = _tokens(source), []
    for at, token in enumerate(tokens):
        if not token.startswith('"') or not _CODE.match(token[1:-1]):
            continue
        if at + 1 >= len(tokens) or tokens[at + 1] != "," or tokens[at - 1] not in ("{", "("):
            continue
        zh, end = _argument(tokens, at + 2)
        if end >= len(tokens) or tokens[end] != ",":
            continue
        en, after = _argument(tokens, end + 1)
        if (zh, en) == ("…", "…"):
            # Both texts come from the caller: a refusal only where the facts follow as the fourth part.
            if tokens[after:after + 2] != [",", "{"]:
                continue
        elif not _CHINESE.search(zh) or _CHINESE.search(en) or not _LATIN.search(en):
            continue
        found.append((token[1:-1], zh, en))
    return found


def codes(source):
    """Every literal that has the shape of a code with an underscore, for the check that none is forgotten."""
    return sorted({t[1:-1] for t in _tokens(source) if t.startswith('"') and "_" in t and _CODE.match(t[1:-1])})


def of_room(paths):
    """Refusals of several files, one entry per code, wordings without repetition."""
    refusals = {}
    for path in paths:
        for code, zh, en in find(path.read_text(encoding="utf-8")):
            entry = refusals.setdefault(code, Refusal(code))
            if (zh, en) not in entry.texts:
                entry.texts.append((zh, en))
    return [refusals[code] for code in sorted(refusals)]
