#include "tools/demo/alerts.h"

#include <algorithm>

#include "platform/base/civil.h"
#include "platform/base/zh_words.h"
#include "tools/demo/progress.h"
#include "twinline/accountability/v1/accountability.pb.h"

namespace twinline::demo {
namespace {

// A summary is made of codes, for programs; a person reads the words.
std::string InWords(std::string_view summary) {
  std::string text;
  while (!summary.empty()) {
    const size_t end = std::min(summary.find(' '), summary.size());
    if (!text.empty()) text += "，";
    text += base::ZhWord(base::ZhOffice(summary.substr(0, end)));
    summary.remove_prefix(std::min(end + 1, summary.size()));
  }
  return text;
}

}  // namespace

namespace cv1 = accountability::v1;

void Alerts::Start() {
  size_t index = 0;
  readers_.resize(county_.townships.size());
  for (const datagen::Township& township : county_.townships) {
    const std::string office = "township:" + township.code;
    const auto official = loaded_.township_official.find(office);
    if (official == loaded_.township_official.end()) continue;
    Watch(office, township.name, official->second, index++);
  }
}

void Alerts::Watch(const std::string& office, const std::string& name, const base::Id16& official,
                   size_t index) {
  constexpr std::string_view kMethod =
      "twinline.accountability.v1.AccountabilityService.WatchAlerts";
  cv1::WatchAlertsRequest request;
  request.set_office(office);
  rpc::CallOptions options;
  options.token = api_.TokenOf(official);
  options.deadline_us = 0;
  readers_[index] = std::make_unique<rpc::Client::Reader>(
      api_.ClientOf(kMethod).OpenReader(kMethod, request, options));
  threads_.emplace_back([this, name, reader = readers_[index].get()] {
    cv1::WatchAlertsReply message;
    while (reader->Read(&message)) {
      ++delivered_;
      const std::string& kind = message.alert().kind();
      Progress::Say(base::DayOf({message.alert().offered_at_us()}).ToString() + "  " + name + "  " +
                    (message.alert().label_zh().empty() ? kind : message.alert().label_zh()) +
                    "  " + InWords(message.alert().summary()));
    }
  });
}

size_t Alerts::Stop() {
  for (auto& reader : readers_) {
    if (reader) reader->Cancel();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  readers_.clear();
  return delivered_;
}

}  // namespace twinline::demo
