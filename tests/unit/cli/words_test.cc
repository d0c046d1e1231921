// Every code that the comments of the protos name has a Chinese word. The comments are where the
// codes are declared, so they are what is read: a code added there without a word fails here.
#include "tools/twinline/words.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "platform/base/zh_words.h"
#include "tools/twinline/render.h"

namespace twinline::cli {
namespace {

namespace fs = std::filesystem;

// Capital words in comments that are no codes of a field: standards, formats, clocks of decisions.
bool IsNoCode(const std::string& word) {
  static const std::set<std::string> names = {"AES",  "ASK", "C2SP", "HMAC", "ISO", "JSON",
                                              "JWKS", "JWT", "RFC",  "RPC",  "SHA", "UTC",
                                              "UTF",  "UUI", "W3C",  "GCM",  "QR",  "ES256"};
  static const std::regex scenario("[A-Z]+[0-9]+");
  return names.contains(word) || std::regex_match(word, scenario);
}

// The comments of a file: lines that are nothing but a comment belong together, since a sentence
// runs on. What stands behind "Refusal" or "refused" up to the end of the sentence are refusal
// codes; those arrive with their own sentence in both languages.
std::vector<std::string> CommentsOf(const fs::path& path) {
  std::vector<std::string> comments;
  std::ifstream file(path);
  bool goes_on = false;
  for (std::string line; std::getline(file, line);) {
    const size_t comment = line.find("//");
    if (comment == std::string::npos) {
      goes_on = false;
      continue;
    }
    const bool alone = line.find_first_not_of(' ') == comment;
    const std::string text = line.substr(comment + 2);
    if (alone && goes_on) {
      comments.back() += text;
    } else {
      comments.push_back(text);
    }
    goes_on = alone;
  }
  static const std::regex refusals("[Rr]efus(al|ed)[^.]*");
  for (std::string& comment : comments) comment = std::regex_replace(comment, refusals, "");
  return comments;
}

// Of the packages whose codes people see.
std::set<std::string> CodesInComments() {
  static const std::regex code("(^|[^A-Za-z0-9_./:\"-])([A-Z][A-Z0-9_]{2,})(?![a-z0-9_])");
  std::set<std::string> codes;
  for (const char* package : {"registry", "transfer", "attendance", "accountability", "identity"}) {
    for (const auto& entry :
         fs::directory_iterator(fs::path(TWINLINE_PROTO_DIR) / package / "v1")) {
      for (const std::string& text : CommentsOf(entry.path())) {
        for (std::sregex_iterator it(text.begin(), text.end(), code), end; it != end; ++it) {
          codes.insert((*it)[2]);
        }
      }
    }
  }
  return codes;
}

TEST(Words, EveryCodeOfTheProtosHasAChineseWord) {
  const std::set<std::string> codes = CodesInComments();
  ASSERT_GT(codes.size(), 150u) << "the protos were not found";
  for (const std::string& code : codes) {
    if (IsNoCode(code)) continue;
    EXPECT_TRUE(FindWord(code)) << code << " has no word in tools/twinline/words_*.cc";
  }
}

TEST(Words, EveryEventHasAWord) {
  for (uint32_t number = 1000; number < 10'000; ++number) {
    const std::string name = EventName(number);
    if (name == std::to_string(number)) continue;
    EXPECT_TRUE(FindWord(name)) << name;
  }
}

TEST(Words, NoWordIsEmptyAndNoCodeIsListedTwice) {
  std::set<std::string> seen;
  for (const auto part : AllWords()) {
    for (const WordEntry& entry : part) {
      EXPECT_FALSE(entry.zh.empty()) << entry.code;
      EXPECT_FALSE(entry.en.empty()) << entry.code;
      EXPECT_TRUE(seen.insert(std::string(entry.code)).second) << entry.code << " stands twice";
    }
  }
}

TEST(Words, AWordMayDependOnThePlace) {
  EXPECT_EQ(Word(Lang::kZh, "REFUSED"), "不予同意");
  EXPECT_EQ(Word(Lang::kZh, "REFUSED", "result"), "拒绝返校");
  EXPECT_EQ(Word(Lang::kZh, "COMPLETED", "business"), "已办结");
  EXPECT_EQ(Word(Lang::kZh, "COMPLETED"), "结业");
  EXPECT_EQ(Word(Lang::kZh, "SUSPENDED", "business"), "休学")
      << "no word of that place: the common one";
}

TEST(Words, AnUnknownCodeIsShownAsItIs) {
  EXPECT_EQ(Word(Lang::kZh, "SOMETHING_NEW"), "SOMETHING_NEW");
  EXPECT_EQ(Word(Lang::kZh, ""), "");
}

TEST(Words, OfficesSpeakOfStatesLikeThis) {
  EXPECT_EQ(Word(Lang::kZh, "ACTIVE"), "在籍在校");
  EXPECT_EQ(Word(Lang::kZh, "SUSPENDED"), "休学");
  EXPECT_EQ(Word(Lang::kZh, "SUSPECTED"), "疑似辍学");
  EXPECT_EQ(Word(Lang::kZh, "PERSUADING"), "劝返中");
  EXPECT_EQ(Word(Lang::kEn, "DROPOUT"), "dropped out, registration kept");
}

TEST(Words, RefusalsSayTheSameWords) {
  for (const base::ZhWordEntry& entry : base::ZhWords()) {
    EXPECT_EQ(Word(Lang::kZh, entry.code), entry.zh) << entry.code;
  }
  EXPECT_EQ(base::ZhOffice("township:411282103"), "乡镇（411282103）");
  EXPECT_EQ(base::ZhOffice("somewhere"), "somewhere");
  EXPECT_EQ(base::ZhWord("A_NEWER_CODE"), "A_NEWER_CODE");
}

TEST(Words, EveryRoleLineAndMarkHasAWord) {
  for (int role = 1; role < types::v1::Role_ARRAYSIZE; ++role) {
    EXPECT_FALSE(RoleWord(Lang::kZh, static_cast<types::v1::Role>(role)).empty()) << role;
  }
  EXPECT_EQ(LineWord(Lang::kZh, types::v1::LINE_GOVERNMENT), "政府线");
  EXPECT_EQ(SessionWord(Lang::kZh, types::v1::SESSION_MORNING), "上午");
  for (uint32_t code = 0; code <= 6; ++code) EXPECT_FALSE(MarkWord(Lang::kZh, code).empty());
}

TEST(Words, ClassesAreNamedAsSchoolsDo) {
  EXPECT_EQ(ClassWord(Lang::kZh, 7, 3), "七年级3班");
  EXPECT_EQ(ClassWord(Lang::kEn, 7, 3), "grade 7 class 3");
  EXPECT_EQ(GradeWord(Lang::kZh, 0), "");
}

}  // namespace
}  // namespace twinline::cli
