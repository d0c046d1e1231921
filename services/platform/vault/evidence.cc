#include "platform/vault/evidence.h"

#include "platform/base/status_macros.h"
#include "platform/vault/aead.h"
#include "platform/vault/concat.h"

namespace twinline::vault {
namespace {

constexpr std::string_view kMagic = "TWB1";
constexpr size_t kHeadSize = 4 + base::Id16::kSize + kNonceSize;
constexpr std::string_view kJpegStart = "\xFF\xD8\xFF";
constexpr std::string_view kJpegEnd = "\xFF\xD9";
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1A\n";
constexpr std::string_view kPngEnd = "IEND\xAE\x42\x60\x82";
constexpr std::string_view kPdfStart = "%PDF-";
constexpr std::string_view kPdfEnd = "%%EOF";

SealPlace BlobPlace(const base::Id16& owner) { return {owner, "twinline.blob", 1}; }

// Anywhere: telephones append whole films after a picture's end mark.
bool HasEnd(std::string_view bytes, std::string_view mark) {
  return bytes.rfind(mark) != std::string_view::npos;
}

}  // namespace

std::string_view MediaType(EvidenceType type) {
  switch (type) {
    case EvidenceType::kJpeg:
      return "image/jpeg";
    case EvidenceType::kPng:
      return "image/png";
    case EvidenceType::kPdf:
      return "application/pdf";
  }
  return "application/octet-stream";
}

std::optional<EvidenceType> SniffEvidence(std::string_view bytes) {
  if (bytes.starts_with(kJpegStart) && HasEnd(bytes, kJpegEnd)) return EvidenceType::kJpeg;
  if (bytes.starts_with(kPngStart) && HasEnd(bytes, kPngEnd)) return EvidenceType::kPng;
  if (bytes.starts_with(kPdfStart) && HasEnd(bytes, kPdfEnd)) return EvidenceType::kPdf;
  return std::nullopt;
}

std::optional<base::Refusal> CheckEvidence(std::string_view bytes) {
  if (bytes.empty()) {
    return base::Refusal{"EVIDENCE_EMPTY",
                         "上传的材料是空文件，请重新选择文件后上传。",
                         "The uploaded file is empty; choose the file again.",
                         {}};
  }
  if (bytes.size() > kMaxEvidenceSize) {
    return base::Refusal{"EVIDENCE_TOO_LARGE",
                         "单个证明材料不得超过 2 MB，请压缩或降低清晰度后重新上传。",
                         "An evidence file may have at most 2 MB; reduce it and upload it again.",
                         {{"limit_bytes", std::to_string(kMaxEvidenceSize)},
                          {"size_bytes", std::to_string(bytes.size())}}};
  }
  if (!SniffEvidence(bytes)) {
    return base::Refusal{
        "EVIDENCE_TYPE",
        "证明材料只接受完整的 JPG、PNG 图片或 PDF "
        "文件，系统按文件内容而不是扩展名判断，请核对后重新上传。",
        "Evidence must be a complete JPG, PNG or PDF file; the content counts, not the file name.",
        {{"accepted", "image/jpeg image/png application/pdf"}}};
  }
  return std::nullopt;
}

absl::StatusOr<std::string> SealBlob(Sealer& sealer, const base::Id16& key_id,
                                     const base::Id16& owner, std::string_view plaintext) {
  TWINLINE_ASSIGN_OR_RETURN(Sealed sealed, sealer.Seal(key_id, BlobPlace(owner), plaintext));
  return Concat({kMagic, sealed.key_id.bytes(), sealed.nonce, sealed.ciphertext});
}

absl::StatusOr<Opened> OpenBlob(Sealer& sealer, const base::Id16& owner, std::string_view blob) {
  if (!blob.starts_with(kMagic) || blob.size() < kHeadSize + kTagSize) {
    return Opened{OpenState::kUnreadable, "", "not a sealed blob"};
  }
  Sealed sealed;
  sealed.key_id = *base::Id16::FromBytes(blob.substr(kMagic.size(), base::Id16::kSize));
  sealed.nonce = std::string(blob.substr(kMagic.size() + base::Id16::kSize, kNonceSize));
  sealed.ciphertext = std::string(blob.substr(kHeadSize));
  return sealer.Open(sealed, BlobPlace(owner));
}

}  // namespace twinline::vault
