// Looking words up, and the words of enums and numbers.
#include "tools/twinline/words.h"

#include <array>
#include <unordered_map>

#include "fmt/format.h"

namespace twinline::cli {
namespace {

const std::unordered_map<std::string_view, Text>& Table() {
  static const auto* table = [] {
    auto* all = new std::unordered_map<std::string_view, Text>;
    for (const auto part : AllWords()) {
      for (const WordEntry& entry : part) all->emplace(entry.code, Text{entry.zh, entry.en});
    }
    return all;
  }();
  return *table;
}

template <size_t N>
std::string Numbered(Lang lang, const std::array<Text, N>& words, size_t number) {
  return number < N ? words[number].In(lang) : std::to_string(number);
}

}  // namespace

std::span<const std::span<const WordEntry>> AllWords() {
  static const std::array<std::span<const WordEntry>, 6> parts = {
      RegistryWords(), BusinessWords(), CaseWords(),
      AlertWords(),    EventWords(),    CaseAndPlatformEventWords()};
  return parts;
}

std::optional<Text> FindWord(std::string_view code, std::string_view place) {
  const auto& table = Table();
  if (!place.empty()) {
    const std::string placed = std::string(place) + ":" + std::string(code);
    if (const auto it = table.find(placed); it != table.end()) return it->second;
  }
  if (const auto it = table.find(code); it != table.end()) return it->second;
  return std::nullopt;
}

std::string Word(Lang lang, std::string_view code, std::string_view place) {
  const std::optional<Text> found = FindWord(code, place);
  return found ? found->In(lang) : std::string(code);
}

std::string RoleWord(Lang lang, types::v1::Role role) {
  static constexpr std::array<Text, 15> kRoles = {{
      {"", ""},
      {"班主任", "class teacher"},
      {"学籍管理员", "registrar"},
      {"校长", "principal"},
      {"村干部", "village official"},
      {"乡镇干部", "township official"},
      {"乡镇长", "township head"},
      {"教体局经办", "bureau official"},
      {"教体局局长", "bureau director"},
      {"县（市）长", "county head"},
      {"省级人员", "province official"},
      {"审计员", "auditor"},
      {"系统管理员", "system administrator"},
      {"安全管理员", "security administrator"},
      {"审计管理员", "audit administrator"},
  }};
  return Numbered(lang, kRoles, static_cast<size_t>(role));
}

std::string LineWord(Lang lang, types::v1::Line line) {
  static constexpr std::array<Text, 3> kLines = {
      {{"", ""}, {"政府线", "government line"}, {"教育线", "education line"}}};
  return Numbered(lang, kLines, static_cast<size_t>(line));
}

std::string SessionWord(Lang lang, types::v1::Session session) {
  static constexpr std::array<Text, 3> kSessions = {
      {{"", ""}, {"上午", "morning"}, {"下午", "afternoon"}}};
  return Numbered(lang, kSessions, static_cast<size_t>(session));
}

std::string MarkWord(Lang lang, uint32_t code) {
  static constexpr std::array<Text, 7> kMarks = {{{"到校", "present"},
                                                  {"迟到", "late"},
                                                  {"病假", "sick leave"},
                                                  {"事假", "personal leave"},
                                                  {"公假", "official leave"},
                                                  {"旷课", "absent"},
                                                  {"在班借读", "guest here"}}};
  return Numbered(lang, kMarks, code);
}

std::string SexWord(Lang lang, uint32_t code) {
  if (code == 1) return Text{"男", "male"}.In(lang);
  if (code == 2) return Text{"女", "female"}.In(lang);
  return code == 0 ? std::string() : Text{"未说明", "not stated"}.In(lang);
}

std::string BoardingWord(Lang lang, std::string_view code) {
  if (code == "1") return Text{"走读", "day pupil"}.In(lang);
  if (code == "2") return Text{"住校", "boarder"}.In(lang);
  if (code == "3") return Text{"借宿", "lodger"}.In(lang);
  if (code == "9") return Text{"其他", "other"}.In(lang);
  return std::string(code);
}

std::string GradeWord(Lang lang, uint32_t grade) {
  static constexpr std::array<std::string_view, 10> kDigits = {"",   "一", "二", "三", "四",
                                                               "五", "六", "七", "八", "九"};
  if (grade == 0) return {};
  if (lang == Lang::kEn || grade >= kDigits.size()) return fmt::format("grade {}", grade);
  return fmt::format("{}年级", kDigits[grade]);
}

std::string ClassWord(Lang lang, uint32_t grade, uint32_t number) {
  if (grade == 0) return {};
  if (lang == Lang::kEn) return fmt::format("grade {} class {}", grade, number);
  return fmt::format("{}{}班", GradeWord(lang, grade), number);
}

std::string YesNo(Lang lang, bool value) {
  return value ? Text{"是", "yes"}.In(lang) : Text{"否", "no"}.In(lang);
}

}  // namespace twinline::cli
