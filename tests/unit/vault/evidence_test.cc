#include "platform/vault/evidence.h"

#include <gtest/gtest.h>

#include "platform/vault/memory_vault.h"

namespace twinline::vault {
namespace {

using namespace std::string_literals;

const base::Id16 kChild = base::DeriveId({"child"});
const std::string kJpeg = "\xFF\xD8\xFF\xE0 picture \xFF\xD9"s;
const std::string kPng = "\x89PNG\r\n\x1A\n picture IEND\xAE\x42\x60\x82"s;
const std::string kPdf = "%PDF-1.4 paper %%EOF\n"s;

TEST(Evidence, TypeComesFromTheContent) {
  EXPECT_EQ(SniffEvidence(kJpeg), EvidenceType::kJpeg);
  EXPECT_EQ(SniffEvidence(kJpeg + std::string(5000, 'f')), EvidenceType::kJpeg) << "film appended";
  EXPECT_EQ(SniffEvidence(kPng), EvidenceType::kPng);
  EXPECT_EQ(SniffEvidence(kPdf), EvidenceType::kPdf);
  EXPECT_EQ(MediaType(EvidenceType::kPng), "image/png");
}

TEST(Evidence, RefusesWithACode) {
  const struct {
    const char* why;
    std::string bytes;
    std::string code;
  } kCases[] = {
      {"nothing", "", "EVIDENCE_EMPTY"},
      {"too large", kJpeg + std::string(kMaxEvidenceSize, 'x'), "EVIDENCE_TOO_LARGE"},
      {"cut off picture", kJpeg.substr(0, 8), "EVIDENCE_TYPE"},
      {"cut off png", kPng.substr(0, 12), "EVIDENCE_TYPE"},
      {"cut off pdf", kPdf.substr(0, 10), "EVIDENCE_TYPE"},
      {"program", "MZ\x90\0"s, "EVIDENCE_TYPE"},
      {"archive", "PK\x03\x04"s, "EVIDENCE_TYPE"},
      {"gif", "GIF89a", "EVIDENCE_TYPE"},
      {"script in disguise", "<svg onload=alert(1)>", "EVIDENCE_TYPE"},
      {"magic not at the start", " " + kPdf, "EVIDENCE_TYPE"},
  };
  for (const auto& c : kCases) {
    const auto refusal = CheckEvidence(c.bytes);
    ASSERT_TRUE(refusal) << c.why;
    EXPECT_EQ(refusal->code, c.code) << c.why;
    EXPECT_FALSE(refusal->zh.empty());
    EXPECT_FALSE(refusal->en.empty());
  }
  EXPECT_FALSE(CheckEvidence(kJpeg));
  const std::string largest = kPdf + std::string(kMaxEvidenceSize - kPdf.size(), ' ');
  EXPECT_FALSE(CheckEvidence(largest));
}

TEST(Evidence, SealedBlobOpensForItsOwnerOnly) {
  MemoryVault vault(1);
  Sealer sealer(vault, vault.random());
  const base::Id16 key = vault.Create(kChild).value();
  const std::string blob = SealBlob(sealer, key, kChild, kPng).value();
  EXPECT_EQ(blob.find(kPng), std::string::npos);
  EXPECT_EQ(blob.size(), kPng.size() + 48);
  EXPECT_EQ(OpenBlob(sealer, kChild, blob)->plaintext, kPng);
  EXPECT_EQ(OpenBlob(sealer, base::DeriveId({"other"}), blob)->state, OpenState::kUnreadable);
  for (size_t size = 0; size < blob.size(); ++size) {
    ASSERT_EQ(OpenBlob(sealer, kChild, blob.substr(0, size))->state, OpenState::kUnreadable);
  }
  ASSERT_TRUE(vault.Destroy(key).ok());
  EXPECT_EQ(OpenBlob(sealer, kChild, blob)->state, OpenState::kDestroyed);
}

}  // namespace
}  // namespace twinline::vault
