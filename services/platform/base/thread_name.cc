#include "platform/base/thread_name.h"

#include <pthread.h>

namespace twinline::base {

void NameThread(const std::string& name) {
  constexpr size_t kMax = 15;
  pthread_setname_np(pthread_self(), name.substr(0, kMax).c_str());
}

}  // namespace twinline::base
