#!/usr/bin/env python3
"""Proves that each rule of tidy.py can fail, and that it leaves good text alone: a check that never fails is none."""

import os
import sys
import unittest

import house
import tidy

LEFTOVER = "TO" + "DO"
MACHINE_PATH = "/wo" + "rk/main"
DOWNLOAD = '"resol' + 'ved": "https://registry.example/x.tgz"\n'

# (why, path, text): each must give exactly one break.
BAD = [
    ("clock type in domain", "services/transfer/domain/decide.cc", "#include <chrono>\n"),
    ("thread in calendar", "services/platform/calendar/days.cc", "#include <mutex>\n"),
    ("Abseil time in domain", "services/transfer/domain/decide.cc", '#include "absl/time/clock.h"\n'),
    ("chance in domain", "services/transfer/domain/decide.cc", "#include <openssl/rand.h>\n"),
    ("engine in domain", "services/transfer/domain/decide.cc", '#include "platform/engine/shard.h"\n'),
    ("own service room in domain", "services/transfer/domain/decide.cc", '#include "transfer/service/handlers.h"\n'),
    ("service stubs in domain", "services/transfer/domain/a.cc", '#include "twinline/transfer/v1/a.grpc.pb.h"\n'),
    ("another service", "services/transfer/service/a.cc", '#include "registry/tables/keys.h"\n'),
    ("service into wiring", "services/transfer/service/a.cc", '#include "twinlined/host.h"\n'),
    ("platform into service", "services/platform/engine/a.cc", '#include "registry/domain/view.h"\n'),
    ("store into journal", "services/platform/store/a.cc", '#include "platform/journal/journal.h"\n'),
    ("journal into store", "services/platform/journal/a.cc", '#include "platform/store/batch.h"\n'),
    ("base into store", "services/platform/base/a.cc", '#include "platform/store/batch.h"\n'),
    ("RocksDB in engine", "services/platform/engine/a.cc", '#include "rocksdb/db.h"\n'),
    ("RocksDB in another journal", "services/platform/journal/sim.cc", "#include <rocksdb/db.h>\n"),
    ("RocksDB in a tool", "tools/fsck/main.cc", "#include <rocksdb/db.h>\n"),
    ("gRPC in engine", "services/platform/engine/a.cc", "#include <grpcpp/grpcpp.h>\n"),
    ("gRPC in a service", "services/audit/service/a.cc", "#include <grpcpp/server.h>\n"),
    ("Kafka elsewhere", "services/platform/journal/embedded.cc", "#include <librdkafka/rdkafka.h>\n"),
    ("relative include", "tests/unit/a_test.cc", '#include "../support/fake.h"\n'),
    ("wall clock", "services/platform/engine/a.cc", "auto t = std::chrono::system_clock::now();\n"),
    ("C clock", "tools/twinline/a.cc", "auto t = ::time(nullptr);\n"),
    ("std clock", "tools/twinline/a.cc", "auto t = std::time(nullptr);\n"),
    ("timeval clock", "tests/unit/a_test.cc", "gettimeofday(&tv, nullptr);\n"),
    ("Abseil clock", "services/platform/rpc/a.cc", "auto t = absl::Now();\n"),
    ("sleep in a test", "tests/unit/a_test.cc", "std::this_thread::sleep_for(1s);\n"),
    ("long file", "services/audit/domain/a.cc", "int a;\n" * 501),
    ("leftover", "services/audit/domain/a.cc", f"// {LEFTOVER}: later\n"),
    ("leftover in a script", "tools/dev", f"# {LEFTOVER}\n"),
    ("header without guard", "services/audit/domain/a.h", "int a;\n"),
    ("machine path", "docs/a.md", f"see {MACHINE_PATH}/README.md\n"),
    ("download address", "tools/buf/package-lock.json", DOWNLOAD),
    ("registry setting", "tools/buf/.npmrc", "registry=https://registry.example/\n"),
    ("map in an event", "proto/twinline/x/v1/x_events.proto", "  map<string, string> a = 1;\n"),
    ("map in the envelope", "proto/twinline/journal/v1/record.proto", "  map<string, string> a = 1;\n"),
    ("Any in an event", "proto/twinline/x/v1/events.proto", "  google.protobuf.Any a = 1;\n"),
    ("double in an event", "proto/twinline/x/v1/x_events.proto", "  repeated double a = 1;\n"),
    ("secret in an event", "proto/twinline/x/v1/x_events.proto", "message A {\n  string totp_seed = 1;\n}\n"),
    ("hash in an event", "proto/twinline/x/v1/x_events.proto", "message A {\n  optional bytes password_hash = 1;\n}\n"),
]

# (why, path, text): none may give a break.
GOOD = [
    ("what domain may include", "services/transfer/domain/decide.cc",
     '#include "platform/base/refusal.h"\n#include "platform/calendar/days.h"\n#include "transfer/domain/view.h"\n'
     '#include "transfer/tables/keys.h"\n#include "twinline/registry/v1/registry_events.pb.h"\n#include <string>\n'
     '#include "absl/status/status.h"\n'),
    ("digests in domain", "services/audit/domain/verify.cc",
     '#include "platform/journal/record_digest.h"\n#include <openssl/evp.h>\n'),
    ("wiring", "services/twinlined/main.cc", '#include "registry/service/module.h"\n#include "audit/service/module.h"\n'),
    ("RocksDB at home", "services/platform/journal/embedded_journal.cc", "#include <rocksdb/db.h>\n"),
    ("gRPC client in a tool", "tools/loadgen/main.cc", "#include <grpcpp/grpcpp.h>\n"),
    ("the one clock", "services/platform/base/system_clock.cc", "return std::chrono::system_clock::now();\n"),
    ("clock in a comment", "services/platform/engine/a.cc", "// never system_clock::now() here\n"),
    ("clock in a string", "services/platform/engine/a.cc", 'Log("system_clock::now()");\n'),
    ("other names with time", "services/platform/engine/a.cc", "x.time(); due_time(nullptr); header_time(0);\n"),
    ("slashes in a string", "services/platform/engine/a.cc", 'Get("http://x"); const int n = 1\'000;  // y\n'),
    ("sleep outside tests", "tools/loadgen/a.cc", "std::this_thread::sleep_for(1s);\n"),
    ("limit of a file", "services/audit/domain/a.cc", "int a;\n" * 500),
    ("header", "services/audit/domain/a.h", "#pragma once\n"),
    ("relative path", "docs/a.md", "see homework/main and build/work/x\n"),
    ("map outside events", "proto/twinline/x/v1/x_service.proto", "  map<string, string> a = 1;\n"),
    ("map in a comment", "proto/twinline/x/v1/x_events.proto", "// no map<a, b> here\n"),
    ("secret outside events", "proto/twinline/x/v1/x_service.proto", "  string password = 1;\n"),
]


class TidyTest(unittest.TestCase):
    def test_each_rule_can_fail(self):
        for why, path, text in BAD:
            with self.subTest(why):
                breaks, _ = tidy.check([house.File(path, text)])
                self.assertEqual(len(breaks), 1, breaks)

    def test_good_text_passes(self):
        for why, path, text in GOOD:
            with self.subTest(why):
                breaks, _ = tidy.check([house.File(path, text)])
                self.assertEqual(breaks, [])

    def test_every_rule_has_a_bad_example(self):
        files = [house.File(path, text) for _, path, text in BAD]
        for rule in tidy.rules(frozenset()):
            with self.subTest(f"{rule.__module__}.{rule.__name__}"):
                self.assertTrue(any(list(rule(file)) for file in files))

    def test_allow_list(self):
        file = house.File("proto/twinline/x/v1/x_events.proto", "message A {\n  bytes content_hash = 1;\n}\n")
        self.assertEqual(tidy.check([file], {"A.content_hash"})[0], [])
        self.assertEqual(len(tidy.check([file], {"B.content_hash"})[0]), 1)

    def test_warnings_do_not_break(self):
        body = "int F() {\n" + "  Call();\n" * 100 + "}\n"
        breaks, warnings = tidy.check([house.File("services/audit/domain/a.cc", body)])
        self.assertEqual((breaks, len(warnings)), ([], 1))
        method = "class A {\n  int F() {\n" + "    Call();\n" * 100 + "  }\n};\n"
        self.assertEqual(len(tidy.check([house.File("services/audit/domain/a.cc", method)])[1]), 1)
        namespace = "namespace a {\n" + "int b;\n" * 200 + "}  // namespace a\n"
        self.assertEqual(tidy.check([house.File("services/audit/domain/a.cc", namespace)])[1], [])
        long_file = house.File("services/audit/domain/a.cc", "int a;\n" * 450)
        self.assertEqual(len(tidy.check([long_file])[1]), 1)

    def test_walks_a_tree_without_git(self):
        here = os.path.dirname(os.path.abspath(__file__))
        self.assertIn("tidy.py", house.list_paths(here))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
