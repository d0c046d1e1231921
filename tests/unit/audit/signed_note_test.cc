// Notes and checkpoints against bytes made by golang.org/x/mod/sumdb/note with the same key and
// text.
#include "audit/domain/signed_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "audit/domain/checkpoint.h"
#include "platform/base/hash.h"
#include "platform/base/merkle.h"
#include "tests/unit/audit/sample_history.h"

namespace twinline::audit_test {
namespace {

using audit::Checkpoint;
using audit::NoteSigner;
using audit::NoteVerifier;
using testing::HasSubstr;

constexpr std::string_view kGoVerifierKey =
    "demo.linshui.example/audit+100d30dc+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
constexpr std::string_view kGoNote =
    "demo.linshui.example/audit\n"
    "1\n"
    "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"
    "\n"
    "\xe2\x80\x94 demo.linshui.example/audit "
    "EA0w3BKLPFBLg23nwPREiafgnhPUsEWYpXGC45KnF883/"
    "pjA1JnLQRJtNZoREcXPRpg0L2Hp0qjdu72iSbyDH58e8Q4=\n";

NoteVerifier TestVerifier() { return NoteVerifier::Parse(kGoVerifierKey).value(); }

TEST(SignedNoteTest, IsByteForByteTheOneThatGoSigns) {
  const NoteSigner signer = TestSigner();
  EXPECT_EQ(signer.verifier_key(), kGoVerifierKey);
  EXPECT_EQ(audit::SignCheckpoint(signer, 1, base::LeafHash("")).value(), kGoNote);
}

TEST(SignedNoteTest, OpensTheOneThatGoSigned) {
  const Checkpoint checkpoint = audit::OpenCheckpoint(kGoNote, TestVerifier()).value();
  EXPECT_EQ(checkpoint, (Checkpoint{std::string(kOrigin), 1, base::LeafHash("")}));
}

TEST(SignedNoteTest, AnyChangedByteFails) {
  const NoteVerifier verifier = TestVerifier();
  for (size_t i = 0; i < kGoNote.size(); ++i) {
    for (const int bit : {0, 1, 3, 6, 7}) {
      std::string note(kGoNote);
      note[i] = static_cast<char>(note[i] ^ (1 << bit));
      EXPECT_FALSE(audit::OpenCheckpoint(note, verifier).ok()) << "byte " << i << " bit " << bit;
    }
    EXPECT_FALSE(audit::OpenCheckpoint(kGoNote.substr(0, i), verifier).ok()) << "cut at " << i;
  }
}

TEST(SignedNoteTest, AWitnessMayAddItsLine) {
  const std::string text = audit::CheckpointText({std::string(kOrigin), 7, base::EmptyRoot()});
  const NoteSigner signer = TestSigner();
  const NoteSigner witness =
      NoteSigner::FromSeed("government-line.example", std::string(32, 'w')).value();
  const std::string ours = signer.Sign(text).value();
  const std::string line = witness.Sign(text)->substr(text.size() + 1);
  EXPECT_TRUE(audit::OpenCheckpoint(ours + line, signer.verifier()).ok());
  EXPECT_EQ(witness.verifier().Open(ours + line).value(), text);
  // But the witness' note alone is not ours, and nobody signs twice.
  EXPECT_EQ(audit::OpenCheckpoint(text + "\n" + line, signer.verifier()).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_FALSE(signer.verifier().Open(ours + ours.substr(text.size() + 1)).ok());
  std::string many = ours;
  for (size_t i = 0; i < audit::kMaxNoteSignatures; ++i) many += line;
  EXPECT_FALSE(signer.verifier().Open(many).ok());
}

TEST(SignedNoteTest, RefusesAKeyOfAnotherNameOrLog) {
  const NoteSigner other = TestSigner("linshui.example/audit");
  EXPECT_EQ(other.verifier().Open(kGoNote).status().code(), absl::StatusCode::kUnauthenticated);
  // The same key under its own name, around a text that claims to be another log.
  const std::string foreign =
      other.Sign(audit::CheckpointText({std::string(kOrigin), 1, base::LeafHash("")})).value();
  EXPECT_THAT(audit::OpenCheckpoint(foreign, other.verifier()).status().ToString(),
              HasSubstr("origin"));
}

TEST(SignedNoteTest, RefusesMalformedKeys) {
  const std::string key(kGoVerifierKey);
  for (const std::string& bad :
       {std::string(), std::string("name"), std::string("name+00000000"), "x" + key, key + "=",
        key.substr(0, key.size() - 4), std::string("a b+100d30dc+AddamAGCsQq31Uv+08lkBzoO4XLz2"),
        std::string("demo.linshui.example/audit+100D30DC+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj"
                    "3B1Ea")}) {
    EXPECT_FALSE(NoteVerifier::Parse(bad).ok()) << bad;
  }
  EXPECT_FALSE(NoteSigner::FromSeed("two words", std::string(32, 's')).ok());
  EXPECT_FALSE(NoteSigner::FromSeed("plus+plus", std::string(32, 's')).ok());
  EXPECT_FALSE(NoteSigner::FromSeed("", std::string(32, 's')).ok());
  EXPECT_FALSE(NoteSigner::FromSeed("name", std::string(31, 's')).ok());
}

TEST(SignedNoteTest, SignsOnlyPlainText) {
  const NoteSigner signer = TestSigner();
  EXPECT_FALSE(signer.Sign("").ok());
  EXPECT_FALSE(signer.Sign("no newline").ok());
  EXPECT_FALSE(signer.Sign("tab\t\n").ok());
  EXPECT_FALSE(signer.Sign("学籍\n").ok());
  EXPECT_TRUE(signer.verifier().Open(signer.Sign("two\n\nparts\n").value()).ok());
}

TEST(CheckpointTest, HasOneSpelling) {
  const std::string root = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
  EXPECT_TRUE(audit::ParseCheckpoint("log\n0\n" + root + "\n").ok());
  EXPECT_TRUE(audit::ParseCheckpoint("log\n9223372036854775807\n" + root + "\n").ok());
  for (const std::string& bad : {
           std::string(),
           std::string("\n"),
           std::string("log\n1\n"),
           "log\n1\n" + root,
           "\n1\n" + root + "\n",
           "log\n01\n" + root + "\n",
           "log\n+1\n" + root + "\n",
           "log\n-1\n" + root + "\n",
           "log\n1 \n" + root + "\n",
           "log\n\n" + root + "\n",
           "log\n9223372036854775808\n" + root + "\n",
           "log\n18446744073709551616\n" + root + "\n",
           "log\n1\n" + root + "\nextension\n",
           "log\n1\n" + root + "\n\n",
           // The same 32 bytes with other trailing bits.
           std::string("log\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1=\n"),
           std::string("log\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoA==\n"),
       }) {
    EXPECT_FALSE(audit::ParseCheckpoint(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace twinline::audit_test
