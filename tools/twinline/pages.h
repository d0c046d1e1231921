// Reading a list over several pages, up to a limit that the user chose. Replies of all pages become
// one.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "fmt/format.h"
#include "tools/twinline/cli.h"
#include "tools/twinline/options.h"

namespace twinline::cli {

struct Limit {
  uint32_t lines = 50;
};

inline void AddLimit(CLI::App* command, Cli& cli, Limit* limit) {
  command
      ->add_option("--limit", limit->lines,
                   cli.T("最多显示多少行，默认 50", "how many lines at most, 50 by default"))
      ->check(CLI::Range(1, 100'000));
}

// `count` says how many lines a reply has so far.
template <typename Request, typename Reply, typename Count>
int CallPages(Cli& cli, std::string_view method, Request& request, Reply* all, const Limit& limit,
              Count count) {
  constexpr uint32_t kPageMax = 200;
  for (;;) {
    const uint32_t have = static_cast<uint32_t>(count(*all));
    request.mutable_page()->set_size(std::min(kPageMax, limit.lines - have));
    Reply reply;
    if (int code = cli.Call(method, request, &reply)) return code;
    all->clear_next_page_token();
    all->MergeFrom(reply);
    if (reply.next_page_token().empty() || static_cast<uint32_t>(count(*all)) >= limit.lines) {
      return kOk;
    }
    request.mutable_page()->set_page_token(reply.next_page_token());
  }
}

inline void NoteMore(Cli& cli, const std::string& next_page_token) {
  if (!next_page_token.empty()) {
    cli.Note("（还有更多，用 --limit 显示更多行）", "(there are more; --limit shows more lines)");
  }
}

}  // namespace twinline::cli
