#!/usr/bin/env python3
"""The last line of the gate is what everybody believes, so the program that prints it is tested like any other."""

import os
import subprocess
import sys
import tempfile
import unittest

COUNT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "count-results")

PASSED = '<testcase name="a" status="run"/>'
FAILED = '<testcase name="b" status="fail"><failure message=""/></testcase>'
SKIPPED = '<testcase name="c" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>'
SKIPPED_BY_CODE = '<testcase name="d" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>'
DISABLED = '<testcase name="e" status="disabled"/>'
NOT_BUILT = '<testcase name="f_NOT_BUILT" status="notrun"><skipped message="Unable to find executable"/></testcase>'


class CountResultsTest(unittest.TestCase):
    def count(self, *suites):
        """Returns (last line, exit code) for one file per suite; None stands for a file that does not exist."""
        with tempfile.TemporaryDirectory() as directory:
            paths = []
            for number, suite in enumerate(suites):
                paths.append(os.path.join(directory, f"{number}.xml"))
                if suite is not None:
                    with open(paths[-1], "w", encoding="utf-8") as stream:
                        stream.write(suite)
            run = subprocess.run([sys.executable, "-B", COUNT, *paths], capture_output=True, text=True, check=False)
            return run.stdout.splitlines()[-1], run.returncode

    @staticmethod
    def suite(*cases):
        return f"<testsuite>{''.join(cases)}</testsuite>"

    def test_adds_up_files(self):
        line = self.count(self.suite(PASSED, PASSED, SKIPPED), self.suite(PASSED, SKIPPED_BY_CODE, DISABLED))
        self.assertEqual(line, ("3 passed, 0 failed, 3 skipped", 0))

    def test_a_failure_fails(self):
        self.assertEqual(self.count(self.suite(PASSED, FAILED)), ("1 passed, 1 failed, 0 skipped", 1))

    def test_a_program_that_could_not_start_is_no_skip(self):
        self.assertEqual(self.count(self.suite(PASSED, NOT_BUILT)), ("1 passed, 1 failed, 0 skipped", 1))

    def test_nothing_ran(self):
        self.assertEqual(self.count(), ("0 passed, 0 failed, 0 skipped", 1))
        self.assertEqual(self.count(self.suite(SKIPPED)), ("0 passed, 0 failed, 1 skipped", 1))

    def test_a_broken_or_missing_file_is_a_failure(self):
        self.assertEqual(self.count(self.suite(PASSED), None), ("1 passed, 1 failed, 0 skipped", 1))
        self.assertEqual(self.count(self.suite(PASSED), "<testsuite><testcase"), ("1 passed, 1 failed, 0 skipped", 1))


if __name__ == "__main__":
    unittest.main()
