#include "audit/domain/signed_note.h"

#include <openssl/evp.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "platform/base/hash.h"
#include "platform/base/status_macros.h"

namespace twinline::audit {
namespace {

constexpr char kEd25519 = '\x01';
constexpr size_t kKeyIdBytes = 4;
constexpr size_t kPublicKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr std::string_view kSignatureMark = "\xe2\x80\x94 ";  // em dash, space

const unsigned char* Bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::shared_ptr<EVP_PKEY> Own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

bool PrintableAscii(unsigned char c) { return c >= 0x20 && c <= 0x7e; }

bool ValidName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return PrintableAscii(c) && c != ' ' && c != '+';
  });
}

bool ValidText(std::string_view text) {
  return !text.empty() && text.back() == '\n' &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return PrintableAscii(c) || c == '\n'; });
}

std::string KeyId(std::string_view name, std::string_view public_key) {
  const base::Digest hash = base::Sha256({name, "\n", std::string_view(&kEd25519, 1), public_key});
  return std::string(base::View(hash).substr(0, kKeyIdBytes));
}

// Base64 decoders accept several spellings of the same bytes (trailing bits, white space). Evidence
// has one.
std::optional<std::string> StrictBase64(std::string_view text) {
  std::optional<std::string> bytes = base::FromBase64(text);
  if (!bytes || base::ToBase64(*bytes) != text) return std::nullopt;
  return bytes;
}

bool Ed25519Verifies(std::string_view public_key, std::string_view text,
                     std::string_view signature) {
  const std::shared_ptr<EVP_PKEY> key = Own(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()));
  const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return key && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text),
                          text.size()) == 1;
}

struct SignatureLine {
  std::string_view name;
  std::string key_id;
  std::string signature;
};

struct ParsedNote {
  std::string_view text;
  std::vector<SignatureLine> signatures;
};

absl::StatusOr<SignatureLine> ParseSignatureLine(std::string_view line) {
  const absl::Status malformed = absl::InvalidArgumentError("note: malformed signature line");
  if (line.substr(0, kSignatureMark.size()) != kSignatureMark) return malformed;
  line.remove_prefix(kSignatureMark.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || space == 0) return malformed;
  const std::optional<std::string> bytes = StrictBase64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kKeyIdBytes) return malformed;
  return SignatureLine{line.substr(0, space), bytes->substr(0, kKeyIdBytes),
                       bytes->substr(kKeyIdBytes)};
}

absl::StatusOr<ParsedNote> ParseNote(std::string_view note) {
  if (note.size() > kMaxNoteBytes) return absl::InvalidArgumentError("note: too long");
  // The text may itself contain empty lines; signature lines never are, so the last one separates.
  const size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos || note.back() != '\n') {
    return absl::InvalidArgumentError("note: no empty line before the signatures");
  }
  ParsedNote parsed;
  parsed.text = note.substr(0, split + 1);
  if (!ValidText(parsed.text)) return absl::InvalidArgumentError("note: text is not plain ASCII");
  std::string_view rest = note.substr(split + 2);
  if (rest.empty()) return absl::InvalidArgumentError("note: no signature");
  while (!rest.empty()) {
    if (parsed.signatures.size() == kMaxNoteSignatures) {
      return absl::InvalidArgumentError("note: too many signatures");
    }
    const size_t end = rest.find('\n');
    TWINLINE_ASSIGN_OR_RETURN(SignatureLine line, ParseSignatureLine(rest.substr(0, end)));
    parsed.signatures.push_back(std::move(line));
    rest.remove_prefix(end + 1);
  }
  return parsed;
}

}  // namespace

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(std::string_view verifier_key) {
  const absl::Status malformed =
      absl::InvalidArgumentError("note: a verifier key is name+hex+base64 of an Ed25519 key");
  const size_t first = verifier_key.find('+');
  if (first == std::string_view::npos) return malformed;
  const size_t second = verifier_key.find('+', first + 1);
  if (second == std::string_view::npos) return malformed;
  NoteVerifier verifier;
  verifier.name_ = std::string(verifier_key.substr(0, first));
  const std::string_view hex = verifier_key.substr(first + 1, second - first - 1);
  const std::optional<std::string> key = StrictBase64(verifier_key.substr(second + 1));
  if (!ValidName(verifier.name_) || !key || key->size() != 1 + kPublicKeyBytes ||
      key->front() != kEd25519) {
    return malformed;
  }
  verifier.public_key_ = key->substr(1);
  verifier.key_id_ = KeyId(verifier.name_, verifier.public_key_);
  if (base::ToHex(verifier.key_id_) != hex) {
    return absl::InvalidArgumentError("note: the key id does not belong to this name and key");
  }
  return verifier;
}

absl::StatusOr<std::string> NoteVerifier::Open(std::string_view note) const {
  TWINLINE_ASSIGN_OR_RETURN(const ParsedNote parsed, ParseNote(note));
  bool signed_by_us = false;
  for (const SignatureLine& line : parsed.signatures) {
    if (line.name != name_ || line.key_id != key_id_) continue;
    if (signed_by_us) return absl::InvalidArgumentError("note: signed twice by the same key");
    if (line.signature.size() != kSignatureBytes ||
        !Ed25519Verifies(public_key_, parsed.text, line.signature)) {
      return absl::UnauthenticatedError("note: the signature does not verify");
    }
    signed_by_us = true;
  }
  if (!signed_by_us) return absl::UnauthenticatedError("note: not signed by " + name_);
  return std::string(parsed.text);
}

absl::StatusOr<NoteSigner> NoteSigner::FromSeed(std::string_view name, std::string_view seed) {
  if (!ValidName(name)) {
    return absl::InvalidArgumentError(
        "note: a key name is printable ASCII without space and plus sign");
  }
  if (seed.size() != kPublicKeyBytes) {
    return absl::InvalidArgumentError("note: an Ed25519 seed has 32 bytes");
  }
  NoteSigner signer;
  signer.key_ =
      Own(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
  std::array<unsigned char, kPublicKeyBytes> public_key;
  size_t size = public_key.size();
  if (!signer.key_ ||
      EVP_PKEY_get_raw_public_key(signer.key_.get(), public_key.data(), &size) != 1) {
    return absl::InternalError("note: Ed25519 is not available");
  }
  signer.verifier_.name_ = std::string(name);
  signer.verifier_.public_key_.assign(reinterpret_cast<const char*>(public_key.data()), size);
  signer.verifier_.key_id_ = KeyId(name, signer.verifier_.public_key_);
  return signer;
}

std::string NoteSigner::verifier_key() const {
  return verifier_.name_ + "+" + base::ToHex(verifier_.key_id_) + "+" +
         base::ToBase64(kEd25519 + verifier_.public_key_);
}

absl::StatusOr<std::string> NoteSigner::Sign(std::string_view text) const {
  if (!ValidText(text) || text.size() > kMaxNoteBytes / 2) {
    return absl::InvalidArgumentError("note: a text is printable ASCII that ends in a newline");
  }
  const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<unsigned char, kSignatureBytes> signature;
  size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, Bytes(text), text.size()) != 1) {
    return absl::InternalError("note: Ed25519 signing failed");
  }
  const std::string signed_bytes =
      verifier_.key_id_ + std::string(reinterpret_cast<const char*>(signature.data()), size);
  std::string note(text);
  note.append("\n").append(kSignatureMark).append(name());
  note.append(" ").append(base::ToBase64(signed_bytes)).append("\n");
  return note;
}

}  // namespace twinline::audit
