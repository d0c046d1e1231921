// The two languages in which Twinline speaks. Help, tables and errors of the command line exist in
// both; which one is shown is settled before the options are declared, so that help is in the right
// one too.
#pragma once

#include <string>
#include <string_view>

namespace twinline::cli {

enum class Lang { kZh, kEn };

struct Text {
  std::string_view zh;
  std::string_view en;

  std::string In(Lang lang) const { return std::string(lang == Lang::kZh ? zh : en); }
};

// "zh" or "en", also as the beginning of a locale ("zh_CN.UTF-8"); everything else is Chinese, the
// language of the offices that work with it.
inline Lang LangOfLocale(std::string_view locale) {
  return locale.substr(0, 2) == "en" ? Lang::kEn : Lang::kZh;
}

}  // namespace twinline::cli
