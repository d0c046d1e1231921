// C2SP signed notes with Ed25519: the envelope of every published checkpoint (decisions.md R-53).
//
// A note is text, an empty line, then signature lines:
//
//   demo.linshui.example/audit
//   1
//   bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=
//
//   — demo.linshui.example/audit <base64 of 4 bytes key id and 64 bytes signature>
//
// Vector: with the private key of RFC 8032 7.1 test 1 the base64 of the note above is
//   EA0w3BKLPFBLg23nwPREiafgnhPUsEWYpXGC45KnF883/pjA1JnLQRJtNZoREcXPRpg0L2Hp0qjdu72iSbyDH58e8Q4=
// as golang.org/x/mod/sumdb/note signs it (tests/unit/audit/signed_note_test.cc).
//
// The key id is the first four bytes of SHA-256(name | "\n" | 0x01 | public key); a verifier key is
// written `name+key id in hex+base64(0x01 | public key)`. Both are those of
// golang.org/x/mod/sumdb/note, so anybody can check our notes with a tool that is not ours.
//
// Stricter than the standard where a proof handed to a court gains by it: texts and our own key
// names are printable ASCII, base64 has one spelling only, and a second line of the same key is
// refused. Lines of other keys are allowed and ignored: a witness may add its own.
//
// Pure: Ed25519 is deterministic (RFC 8032), the same key and text always give the same note.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// OpenSSL's key type, named here so that including this file does not include OpenSSL.
typedef struct evp_pkey_st EVP_PKEY;  // NOLINT(modernize-use-using)

namespace twinline::audit {

// Limits: a note is at most 64 KiB and has at most 16 signature lines; more is refused unread.
inline constexpr size_t kMaxNoteBytes = 64 * 1024;
inline constexpr size_t kMaxNoteSignatures = 16;

class NoteVerifier {
 public:
  // Reads `name+hex+base64`. InvalidArgument when malformed, of another algorithm, or when the key
  // id does not belong to this name and key.
  static absl::StatusOr<NoteVerifier> Parse(std::string_view verifier_key);

  const std::string& name() const { return name_; }

  // The text of the note, ending in a newline, once a signature line of this key has been verified.
  // InvalidArgument when the note is malformed, Unauthenticated when this key has not signed it.
  absl::StatusOr<std::string> Open(std::string_view note) const;

 private:
  friend class NoteSigner;
  NoteVerifier() = default;

  std::string name_;
  std::string key_id_;      // 4 bytes
  std::string public_key_;  // 32 bytes
};

class NoteSigner {
 public:
  // `seed` is the 32-byte Ed25519 private key. The name is that of the log, the checkpoint's
  // origin: printable ASCII without spaces and plus signs.
  static absl::StatusOr<NoteSigner> FromSeed(std::string_view name, std::string_view seed);

  const std::string& name() const { return verifier_.name(); }

  // What is published so that others can verify: `name+hex+base64`.
  std::string verifier_key() const;
  const NoteVerifier& verifier() const { return verifier_; }

  // The signed note. InvalidArgument unless the text is printable ASCII that ends in a newline.
  absl::StatusOr<std::string> Sign(std::string_view text) const;

 private:
  NoteSigner() = default;

  NoteVerifier verifier_;
  std::shared_ptr<EVP_PKEY> key_;  // OpenSSL wipes the private bytes with the last owner
};

}  // namespace twinline::audit
