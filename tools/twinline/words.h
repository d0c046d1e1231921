// One table of words: what each code of the protos is called in an office, in Chinese and English.
// Every command that shows a code takes its word from here, so that one status has one name
// everywhere; a code that the table does not know is shown as it is, never dropped (a newer server
// may send it). tests/unit/cli/words_test.cc reads the protos and fails when a code that their
// comments name has no word.
//
// A few codes mean different things in different places. They are found under "place:CODE" first:
// Word("REFUSED", "result") is a family that refuses, Word("REFUSED") an application that was
// turned down.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tools/twinline/lang.h"
#include "twinline/types/v1/options.pb.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::cli {

struct WordEntry {
  std::string_view code;  // "ACTIVE" or "result:REFUSED"
  std::string_view zh;
  std::string_view en;
};

// The parts of the table.
std::span<const WordEntry> RegistryWords();  // statuses, groups, problems, places, files, accounts
std::span<const WordEntry> BusinessWords();  // approvals and attendance
std::span<const WordEntry> CaseWords();      // cases: states, acts, history
std::span<const WordEntry> AlertWords();     // persuasions, papers, alerts, tasks
// Names of event messages, for histories and trails.
std::span<const WordEntry> EventWords();
std::span<const WordEntry> CaseAndPlatformEventWords();
// All of them.
std::span<const std::span<const WordEntry>> AllWords();

// nullopt when no part has it.
std::optional<Text> FindWord(std::string_view code, std::string_view place = {});

// The word, or the code itself; empty stays empty.
std::string Word(Lang lang, std::string_view code, std::string_view place = {});
// The words of a list, joined by "、" or ", ".
template <typename Range>
std::string Words(Lang lang, const Range& codes, std::string_view place = {}) {
  std::string joined;
  for (const auto& code : codes) {
    if (!joined.empty()) joined += lang == Lang::kZh ? "、" : ", ";
    joined += Word(lang, code, place);
  }
  return joined;
}

std::string RoleWord(Lang lang, types::v1::Role role);
std::string LineWord(Lang lang, types::v1::Line line);
std::string SessionWord(Lang lang, types::v1::Session session);
// Attendance mark: 0 present, 1 late ... 6 guest (twinline.attendance.v1.Exception.code).
std::string MarkWord(Lang lang, uint32_t code);
std::string SexWord(Lang lang, uint32_t code);  // GB/T 2261.1
std::string BoardingWord(Lang lang, std::string_view code);
// "七年级3班", "grade 7 class 3".
std::string ClassWord(Lang lang, uint32_t grade, uint32_t number);
std::string GradeWord(Lang lang, uint32_t grade);
std::string YesNo(Lang lang, bool value);

}  // namespace twinline::cli
