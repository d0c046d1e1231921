#include "platform/base/text/pinyin.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "platform/base/text/surnames.h"
#include "platform/base/utf8.h"

namespace twinline::base {
namespace {

// Latin text in decomposed form, without marks; "u" + diaeresis becomes "v". Lower case.
std::string StripMarks(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  if (U_FAILURE(error)) return {};
  const icu::UnicodeString decomposed = nfd->normalize(text, error);
  std::string result;
  for (int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
    const UChar32 c = decomposed.char32At(i);
    if (c == 0x0308 && result.ends_with('u')) {
      result.back() = 'v';
    } else if (u_charType(c) != U_NON_SPACING_MARK) {
      AppendCodePoint(static_cast<char32_t>(u_tolower(c)), result);
    }
  }
  return result;
}

// Everyday readings of single characters. ICU's transliterator is slow and guarded by a lock; what
// it once said is kept in a table that is read without a lock.
class Readings {
 public:
  // Empty when the character has no known reading. The view lives as long as the process.
  std::string_view Of(char32_t c) {
    if (c < kFirst || c > kLast) return Rare(c);
    std::atomic<uint16_t>& slot = table_[c - kFirst];
    const uint16_t known = slot.load(std::memory_order_acquire);
    if (known == kNone) return {};
    if (known != kUnknown) return syllables_[known];
    std::lock_guard lock(mutex_);
    const std::string reading = Ask(c);
    const uint16_t index = reading.empty() ? kNone : Intern(reading);
    if (index == kUnknown) return Rare(c, reading);
    slot.store(index, std::memory_order_release);
    return syllables_[index];
  }

 private:
  static constexpr char32_t kFirst = 0x3400, kLast = 0x9FFF;  // extension A and the unified block
  static constexpr uint16_t kUnknown = 0, kNone = 1, kFirstIndex = 2;
  static constexpr size_t kMaxSyllables = 1024;  // Mandarin has about 410 without tones

  std::string_view Rare(char32_t c) {
    std::lock_guard lock(mutex_);
    const auto found = rare_.find(c);
    return found != rare_.end() ? std::string_view(found->second) : Rare(c, Ask(c));
  }
  // With the lock held. An unordered_map never moves its values.
  std::string_view Rare(char32_t c, const std::string& reading) {
    return rare_.emplace(c, reading).first->second;
  }

  std::string Ask(char32_t c) {
    if (!transliterator_) {
      UErrorCode error = U_ZERO_ERROR;
      transliterator_.reset(
          icu::Transliterator::createInstance("Han-Latin", UTRANS_FORWARD, error));
      if (U_FAILURE(error) || !transliterator_) return {};
    }
    const icu::UnicodeString source(static_cast<UChar32>(c));
    icu::UnicodeString text(source);
    transliterator_->transliterate(text);
    text.trim();
    return text == source ? std::string() : StripMarks(text);
  }

  // Index of the syllable; kUnknown when the table is full.
  uint16_t Intern(const std::string& reading) {
    const auto found = index_.find(reading);
    if (found != index_.end()) return found->second;
    if (next_ >= kMaxSyllables) return kUnknown;
    syllables_[next_] = reading;
    index_.emplace(reading, next_);
    return next_++;
  }

  std::mutex mutex_;
  std::unique_ptr<icu::Transliterator> transliterator_;
  std::array<std::atomic<uint16_t>, kLast - kFirst + 1> table_{};
  std::array<std::string, kMaxSyllables> syllables_;  // written once, before an index is published
  std::unordered_map<std::string, uint16_t> index_;
  uint16_t next_ = kFirstIndex;
  std::unordered_map<char32_t, std::string> rare_;
};

Readings& SharedReadings() {
  static Readings* readings = new Readings;  // never destroyed: threads may outlive main()
  return *readings;
}

bool IsHan(char32_t c) {
  if (c >= 0x4E00 && c <= 0x9FFF) return true;
  return c >= 0x3007 && u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_IDEOGRAPHIC);
}

bool IsWordCharacter(char32_t c) { return u_isalnum(static_cast<UChar32>(c)); }

// Collects syllables and words with one blank between them.
class Writer {
 public:
  explicit Writer(Pinyin& out) : out_(out) {}

  void Syllables(std::string_view text) {  // may hold several, with blanks between
    StartWord();
    out_.full += text;
    bool first = true;
    for (char c : text) {
      if (first) out_.initials.push_back(c);
      first = c == ' ';
    }
    in_word_ = false;
  }
  void Unreadable(char32_t c) {
    StartWord();
    AppendCodePoint(c, out_.full);
    out_.complete = false;
    in_word_ = false;
  }
  void WordCharacter(char32_t c) {
    const auto lower = static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
    if (!in_word_) {
      StartWord();
      AppendCodePoint(lower, out_.initials);
    }
    AppendCodePoint(lower, out_.full);
    in_word_ = true;
  }
  void Separator() { in_word_ = false; }

 private:
  void StartWord() {
    if (!out_.full.empty()) out_.full.push_back(' ');
  }

  Pinyin& out_;
  bool in_word_ = false;
};

void Append(char32_t c, Writer& writer) {
  if (IsHan(c)) {
    const std::string_view reading = SharedReadings().Of(c);
    if (reading.empty()) {
      writer.Unreadable(c);
    } else {
      writer.Syllables(reading);
    }
  } else if (IsWordCharacter(c)) {
    writer.WordCharacter(c);
  } else {
    writer.Separator();
  }
}

// Number of leading characters written with their surname reading: 0, 1 or 2.
size_t AppendSurname(const std::u32string& name, Writer& writer) {
  if (name.size() > 2) {  // two characters are a surname and a given name, never a compound alone
    if (const auto reading = CompoundSurnameReading(name[0], name[1])) {
      writer.Syllables(*reading);
      return 2;
    }
  }
  if (!name.empty()) {
    if (const auto reading = SurnameReading(name[0])) {
      writer.Syllables(*reading);
      return 1;
    }
  }
  return 0;
}

Pinyin Convert(std::string_view text, bool surname) {
  Pinyin result;
  if (!IsValidUtf8(text)) {
    result.complete = false;
    return result;
  }
  const std::u32string code_points = ToCodePoints(text);
  Writer writer(result);
  const bool dotted = code_points.find(U'·') != std::u32string::npos;
  size_t next = surname && !dotted ? AppendSurname(code_points, writer) : 0;
  for (; next < code_points.size(); ++next) Append(code_points[next], writer);
  return result;
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

Pinyin PinyinOf(std::string_view name) { return Convert(name, /*surname=*/true); }

Pinyin PinyinOfText(std::string_view text) { return Convert(text, /*surname=*/false); }

std::string FoldPinyinQuery(std::string_view query) {
  if (!IsValidUtf8(query)) return {};
  std::string folded = StripMarks(icu::UnicodeString::fromUTF8(
      icu::StringPiece(query.data(), static_cast<int32_t>(query.size()))));
  for (const std::string_view dropped : {"'", "’", " ", "-", "·"}) ReplaceAll(folded, dropped, "");
  ReplaceAll(folded, "u:", "v");
  ReplaceAll(folded, "lyu", "lv");
  ReplaceAll(folded, "nyu", "nv");
  return folded;
}

void WarmUpPinyin() { SharedReadings().Of(U'一'); }

}  // namespace twinline::base
