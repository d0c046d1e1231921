"""What every rule works on: the files of the repository and the shape of a finding.

A rule is a function `rule(file) -> iterable of (line number, message)`. Rules read text only: they are a net for
honest mistakes, not a parser, and are written so that a false alarm is rarer than a missed case.
"""

import dataclasses
import functools
import os
import re
import subprocess

GENERATED_DIRS = {"build", "node_modules", ".git", "__pycache__", ".cache"}
CODE = (".cc", ".h")


@dataclasses.dataclass(frozen=True)
class File:
    """One text file; `path` is relative to the root of the repository, with forward slashes."""

    path: str
    text: str

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def code_lines(self):
        """The lines of a C++ or proto file with comments and string contents blanked out."""
        return _blank(self.text).splitlines()

    @property
    def is_cpp(self):
        return self.path.endswith(CODE)

    @property
    def is_proto(self):
        return self.path.endswith(".proto")


# String literals first, so that "//" inside one does not start a comment. The digit separator of C++ (1'000) is not
# the start of a character literal. Include paths are kept: they look like strings but are what the rules read.
_TOKEN = re.compile(
    r'(?P<include>^[ \t]*#[ \t]*include[^\n]*|^import [^\n]*)'
    r'|(?P<raw>R"(?P<delimiter>[^()\s"]*)\(.*?\)(?P=delimiter)")'
    r'|(?P<string>"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z])\'(?:\\.|[^\'\\\n])*\')'
    r'|(?P<comment>//[^\n]*|/\*.*?\*/)',
    re.DOTALL | re.MULTILINE,
)


def _blank(text):
    def replace(match):
        if match.lastgroup == "include":
            return match.group()
        return "".join(c if c == "\n" else " " for c in match.group())

    return _TOKEN.sub(replace, text)


def list_paths(root):
    """Tracked and new files as git sees them; without git, everything outside the generated directories."""
    try:
        out = subprocess.run(
            ["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
            check=True, capture_output=True).stdout
        paths = [p for p in out.decode().split("\0") if p]
        if paths:
            return sorted(p for p in paths if os.path.isfile(os.path.join(root, p)))
    except (OSError, subprocess.CalledProcessError):
        pass
    found = []
    for directory, subdirectories, names in os.walk(root):
        subdirectories[:] = [d for d in subdirectories if d not in GENERATED_DIRS]
        found += [os.path.relpath(os.path.join(directory, n), root) for n in names]
    return sorted(found)


def load(root):
    """Yields every text file; a file that is not UTF-8 is data, and no rule reads data."""
    for path in list_paths(root):
        try:
            with open(os.path.join(root, path), encoding="utf-8") as stream:
                yield File(path, stream.read())
        except UnicodeDecodeError:
            continue
