// What may be handed in as evidence, and how it is sealed for the blob store.
//
// The national system takes JPG and PNG of at most 2 MB (domain.md 1.6); papers that an office
// issues itself are PDF. The type is taken from the content, never from the file name: the name is
// personal data, is sealed, and may lie.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "platform/base/refusal.h"
#include "platform/vault/sealer.h"

namespace twinline::vault {

inline constexpr size_t kMaxEvidenceSize = size_t{2} << 20;  // 2 MiB of plaintext

enum class EvidenceType { kJpeg, kPng, kPdf };

// "image/jpeg", "image/png", "application/pdf"
std::string_view MediaType(EvidenceType type);

// By the first bytes and, where the format has one, the end mark: a picture cut off during upload
// is no evidence.
std::optional<EvidenceType> SniffEvidence(std::string_view bytes);

// The refusal (EVIDENCE_EMPTY, EVIDENCE_TOO_LARGE, EVIDENCE_TYPE), or nullopt when acceptable.
std::optional<base::Refusal> CheckEvidence(std::string_view bytes);

// One blob that explains itself: "TWB1" | 16 key id | 12 nonce | ciphertext and tag. The place is
// the child, the message type "twinline.blob" and field 1: a blob is shared by all events that name
// it.
absl::StatusOr<std::string> SealBlob(Sealer& sealer, const base::Id16& key_id,
                                     const base::Id16& owner, std::string_view plaintext);
// Anything that is no sealed blob of this owner is kUnreadable.
absl::StatusOr<Opened> OpenBlob(Sealer& sealer, const base::Id16& owner, std::string_view blob);

}  // namespace twinline::vault
