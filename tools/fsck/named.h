// What events name that lies outside the journals: keys in the vault and evidence files. Found by
// descriptors, so that an event type added later is followed too.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "platform/base/ids.h"
#include "tools/fsck/fsck.h"

namespace twinline::fsck {

class Named {
 public:
  // `where` is remembered for the first event that names something.
  void Take(uint32_t event_type, std::string_view data, const std::string& where);

  // Every named key is in the vault or was destroyed. The vault is looked at in a copy.
  void CheckKeys(const Options& options, Report* report) const;
  // Every named file is there, and every file has the content of its name.
  void CheckBlobs(const std::filesystem::path& blobs, Report* report) const;

 private:
  std::map<base::Id16, std::string> keys_;
  std::map<std::string, std::string> blobs_;
};

}  // namespace twinline::fsck
