"""Rules about the text itself: size, leftovers, the one place that reads the clock, and what must not be published."""

import re

LINES_MAX = 500
LINES_GOAL = 400
FUNCTION_LINES_MAX = 100
SIZED = (".cc", ".h", ".proto", ".py", ".sh", ".cmake", ".ts", ".vue", "CMakeLists.txt", "tools/dev", "/check")

CLOCK_HOME = "services/platform/base/system_clock.cc"
# A call that reads the calendar clock. steady_clock measures durations and is fine outside the pure rooms.
_CLOCK = re.compile(
    r"system_clock::now|(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&\w+)\s*\)|\bgettimeofday\b"
    r"|CLOCK_REALTIME|\babsl::Now\s*\(|\btimespec_get\b")
_SLEEP = re.compile(r"\bsleep_for\b|\bsleep_until\b|\busleep\s*\(|\bnanosleep\s*\(|\bSleepFor\s*\(|(?<![\w.>:])sleep\s*\(")
# Put together here so that these files do not find themselves.
_LEFTOVER = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
_HOME_PATH = re.compile(r"(?<![\w.~$}\]-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+)/")
_DOWNLOAD = re.compile(r'"resolved":\s*"https?://|^\s*(?:registry|index-url)\s*=', re.MULTILINE)


def size_rule(file):
    if file.path.endswith(SIZED) and len(file.lines) > LINES_MAX:
        yield LINES_MAX + 1, f"{len(file.lines)} lines, more than {LINES_MAX}: two ideas in one file"


def size_warning(file):
    if file.path.endswith(SIZED) and LINES_GOAL < len(file.lines) <= LINES_MAX:
        yield LINES_GOAL + 1, f"{len(file.lines)} lines, the goal is {LINES_GOAL}"


def function_warning(file):
    """Long functions, found by the layout clang-format gives them: `... {` and `}` at the same indent."""
    if not file.is_cpp:
        return
    start = {}
    for number, line in enumerate(file.code_lines, 1):
        indent = len(line) - len(line.lstrip())
        if indent not in (0, 2):
            continue
        stripped = line.strip()
        if stripped.startswith("}"):
            begin = start.pop(indent, None)
            if begin and number - begin + 1 > FUNCTION_LINES_MAX:
                yield begin, f"function of {number - begin + 1} lines, more than {FUNCTION_LINES_MAX}"
        elif stripped.endswith("{"):
            container = re.match(r"(?:inline )?(?:namespace|class|struct|enum|union|extern)\b", stripped)
            start[indent] = None if container else number


def leftover_rule(file):
    for number, line in enumerate(file.lines, 1):
        match = _LEFTOVER.search(line)
        if match and _is_code(file):
            yield number, f"{match.group()}: finish it, or say in an issue why not"


def clock_rule(file):
    if not file.is_cpp or file.path == CLOCK_HOME:
        return
    for number, line in enumerate(file.code_lines, 1):
        match = _CLOCK.search(line)
        if match:
            yield number, f"`{match.group().strip()}` reads the wall clock; only {CLOCK_HOME} may"


def sleep_rule(file):
    if not file.is_cpp or not file.path.startswith("tests/"):
        return
    for number, line in enumerate(file.code_lines, 1):
        if _SLEEP.search(line):
            yield number, "a test waits for a condition with a deadline, or steps the virtual clock; it never sleeps"


def pragma_rule(file):
    if file.path.endswith(".h") and "#pragma once" not in file.lines:
        yield 1, "a header starts with #pragma once"


def machine_rule(file):
    for number, line in enumerate(file.lines, 1):
        match = _HOME_PATH.search(line)
        if match:
            yield number, f"`{match.group()}` is a path of one machine"
        if _DOWNLOAD.search(line):
            yield number, "a download address of one machine's registry"


def _is_code(file):
    return not file.path.endswith((".md", ".json", ".csv", ".tsv", ".txt")) or file.path.endswith("CMakeLists.txt")
