#include "identity/service/public_keys.h"

#include <algorithm>
#include <limits>
#include <string>

namespace twinline::identity {

KeySet PublicKeys(const std::vector<v1::SigningKeyState>& keys, base::Timestamp now) {
  std::string text = R"({"keys":[)";
  const char* separator = "";
  for (const v1::SigningKeyState& key : keys) {
    if (key.retired_until_us() != 0 && now.us >= key.retired_until_us()) continue;
    text += separator + key.public_jwk();
    separator = ",";
  }
  return KeySet::Parse(text + "]}").value_or(KeySet());
}

int64_t NextEndUs(const std::vector<v1::SigningKeyState>& keys, base::Timestamp now) {
  int64_t end = std::numeric_limits<int64_t>::max();
  for (const v1::SigningKeyState& key : keys) {
    if (key.retired_until_us() > now.us) end = std::min<int64_t>(end, key.retired_until_us());
  }
  return end;
}

}  // namespace twinline::identity
