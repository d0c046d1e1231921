#include "platform/journal/resume.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"

namespace twinline::journal {
namespace {

constexpr size_t kPrefixMin = 8;
constexpr uint64_t kPiece = 256;

}  // namespace

absl::StatusOr<AdmittedReader> ReaderAt(std::shared_ptr<Journal> journal, uint64_t next_pos,
                                        std::string_view chain_prefix) {
  AdmittedReader reader(std::move(journal));
  if (next_pos == 0) return reader;
  if (chain_prefix.size() < kPrefixMin || chain_prefix.size() > base::Digest().size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a chain prefix of ", chain_prefix.size(), " bytes"));
  }
  const std::string& name = reader.journal()->name();
  while (reader.state().next_pos < next_pos) {
    const uint64_t wanted = std::min(kPiece, next_pos - reader.state().next_pos);
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<Admitted> piece, reader.Next(wanted));
    if (piece.empty()) {
      return absl::DataLossError(absl::StrCat("journal ", name, " has ", reader.state().next_pos,
                                              " records, but was already read up to ", next_pos,
                                              ": it was cut or replaced"));
    }
  }
  const std::string_view chain = base::View(reader.state().chain);
  if (chain.substr(0, chain_prefix.size()) != chain_prefix) {
    return absl::DataLossError(absl::StrCat(
        "journal ", name, " has another history before record ", next_pos, " than was read: chain ",
        base::ToHex(chain.substr(0, kPrefixMin)), " instead of ", base::ToHex(chain_prefix)));
  }
  return reader;
}

}  // namespace twinline::journal
