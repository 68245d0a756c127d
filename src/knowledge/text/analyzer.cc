#include "knowledge/text/analyzer.h"

#include <libstemmer.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "base/utf8.h"

namespace interposer::knowledge {
namespace {

constexpr std::size_t kMaxTermBytes = 64;
constexpr std::size_t kCachedStems = 50'000;  // a thread's; then it starts anew

const std::unordered_set<std::string_view>& stop_words() {
  static const std::unordered_set<std::string_view> words = {
      "a",    "an",    "and",   "are",  "as",   "at",    "be",    "but",  "by",    "can",   "could",
      "did",  "do",    "does",  "for",  "from", "had",   "has",   "have", "how",   "i",     "if",
      "in",   "into",  "is",    "it",   "its",  "me",    "my",    "of",   "on",    "or",    "our",
      "so",   "such",  "than",  "that", "the",  "their", "them",  "then", "there", "these", "they",
      "this", "those", "to",    "us",   "was",  "we",    "were",  "what", "when",  "where", "which",
      "who",  "whom",  "whose", "why",  "will", "with",  "would", "you",  "your"};
  return words;
}

// Snowball's English stemmer; one for each thread, with what it said before.
class Stems {
 public:
  Stems() : stemmer_(sb_stemmer_new("english", "UTF_8")) {}
  ~Stems() { sb_stemmer_delete(stemmer_); }
  Stems(const Stems&) = delete;
  Stems& operator=(const Stems&) = delete;

  const std::string& of(const std::string& word) {
    const auto found = cache_.find(word);
    if (found != cache_.end()) return found->second;
    if (cache_.size() >= kCachedStems) cache_.clear();
    const auto* stem = sb_stemmer_stem(stemmer_, reinterpret_cast<const sb_symbol*>(word.data()),
                                       static_cast<int>(word.size()));
    std::string text(reinterpret_cast<const char*>(stem),
                     static_cast<std::size_t>(sb_stemmer_length(stemmer_)));
    return cache_.emplace(word, std::move(text)).first->second;
  }

 private:
  sb_stemmer* stemmer_;
  std::unordered_map<std::string, std::string> cache_;
};

bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool alnum(char c) { return lower(c) || upper(c) || digit(c); }

class Analysis {
 public:
  explicit Analysis(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (alnum(c))
        word();
      else if (static_cast<unsigned char>(c) >= 0x80)
        other();
      else
        ++at_;
    }
    return std::move(tokens_);
  }

 private:
  void emit(std::string term, std::size_t start, std::size_t end) {
    if (term.empty() || stop_words().contains(term)) return;
    if (term.size() > kMaxTermBytes) term.resize(utf8_floor(term, kMaxTermBytes));
    tokens_.push_back({std::move(term), start, end});
  }

  void emit_word(std::string word, std::size_t start, std::size_t end) {
    if (stop_words().contains(word)) return;
    thread_local Stems stems;
    const bool letters =
        word.size() > 2 && std::find_if_not(word.begin(), word.end(), lower) == word.end();
    emit(letters ? stems.of(word) : std::move(word), start, end);
  }

  static std::string lowered(std::string_view word) {
    std::string out(word);
    for (char& c : out)
      if (upper(c)) c = static_cast<char>(c + 32);
    return out;
  }

  // ASCII letters and digits, with the dots and commas inside of numbers. A word that goes on in
  // another script or with a diacritic is folded as a whole by other().
  void word() {
    const std::size_t start = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (alnum(c)) {
        ++at_;
        continue;
      }
      const bool between_digits = (c == '.' || c == ',') && at_ + 1 < text_.size() &&
                                  digit(text_[at_ - 1]) && digit(text_[at_ + 1]);
      if (!between_digits) break;
      ++at_;
    }
    if (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80 && letter_at(at_)) {
      at_ = start;
      other();
      return;
    }
    ascii(start, at_);
    compound(start);
  }

  void ascii(std::size_t start, std::size_t end) {
    std::string whole = lowered(text_.substr(start, end - start));
    std::erase(whole, ',');
    const std::size_t whole_size = whole.size();
    emit_word(std::move(whole), start, end);
    // Parts at changes of case and between letters and digits.
    std::vector<std::pair<std::size_t, std::size_t>> parts;
    std::size_t from = start;
    for (std::size_t i = start + 1; i < end; ++i) {
      const char a = text_[i - 1], b = text_[i];
      const bool hump = (lower(a) && upper(b)) || (upper(a) && upper(b) && i + 1 < end &&
                                                   lower(text_[i + 1]) && i - from > 1);
      const bool mixed =
          (digit(a) && (lower(b) || upper(b))) || (digit(b) && (lower(a) || upper(a)));
      if (!hump && !mixed) continue;
      parts.emplace_back(from, i);
      from = i;
    }
    if (from == start) return;
    parts.emplace_back(from, end);
    for (const auto& [a, b] : parts) {
      const bool number = digit(text_[a]);
      // "HBM3E" gives hbm, "4.8TB" gives 4.8 and tb; "p53" and "H200" stay whole.
      const bool leads_with_number = digit(text_[start]);
      if (number ? !leads_with_number : (b - a < 3 && !leads_with_number)) continue;
      std::string part = lowered(text_.substr(a, b - a));
      std::erase(part, ',');
      if (part.size() < whole_size) emit_word(std::move(part), start, end);
    }
  }

  // After a word: "AB-12/3", "snake_case" and "a.b.c" also count as one term without separators.
  void compound(std::size_t start) {
    if (start > 0 && joins(text_[start - 1]) && start > 1 && alnum(text_[start - 2]))
      return;  // told
    std::size_t end = at_;
    std::string whole = lowered(text_.substr(start, at_ - start));
    bool digits = false, underscore = false;
    while (end + 1 < text_.size() && joins(text_[end]) && alnum(text_[end + 1])) {
      underscore = underscore || text_[end] == '_' || text_[end] == '.';
      ++end;
      while (end < text_.size() && alnum(text_[end])) whole += lowered(text_.substr(end++, 1));
    }
    if (end == at_) return;
    for (const char c : whole) digits = digits || digit(c);
    if (digits || underscore) emit(std::move(whole), start, end);
  }
  static bool joins(char c) { return c == '-' || c == '/' || c == '_' || c == '.'; }

  bool letter_at(std::size_t at) const {
    const UChar32 c = point_at(at).first;
    return u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK;
  }

  std::pair<UChar32, std::size_t> point_at(std::size_t at) const {
    const CodePoint point = utf8_decode(text_.substr(at));
    return {static_cast<UChar32>(point.value), point.size};
  }

  static bool spaceless(UChar32 c) {
    UErrorCode code = U_ZERO_ERROR;
    switch (uscript_getScript(c, &code)) {
      case USCRIPT_HAN:
      case USCRIPT_HIRAGANA:
      case USCRIPT_KATAKANA:
      case USCRIPT_THAI:
      case USCRIPT_LAO:
      case USCRIPT_KHMER:
      case USCRIPT_MYANMAR:
        return true;
      default:
        return false;
    }
  }

  // A word with characters beyond ASCII, or a run of a script without spaces.
  void other() {
    const std::size_t start = at_;
    const bool run = spaceless(point_at(at_).first);
    while (at_ < text_.size()) {
      const auto [c, size] = point_at(at_);
      const bool mark = (U_MASK(u_charType(c)) & U_GC_M_MASK) != 0;
      if (!u_isalnum(c) && !mark && c != 0x200D && c != 0x200C) break;
      if (at_ > start && !mark && spaceless(c) != run) break;
      at_ += size;
    }
    if (at_ == start) {
      at_ += point_at(at_).second;
      return;
    }
    const icu::UnicodeString folded = fold(text_.substr(start, at_ - start));
    if (run)
      bigrams(folded, start);
    else
      emit_folded(folded, start);
  }

  static icu::UnicodeString fold(std::string_view word) {
    UErrorCode code = U_ZERO_ERROR;
    static const icu::Normalizer2* const casefold = icu::Normalizer2::getNFKCCasefoldInstance(code);
    static const icu::Normalizer2* const decompose = icu::Normalizer2::getNFDInstance(code);
    const auto source = icu::UnicodeString::fromUTF8(
        icu::StringPiece(word.data(), static_cast<std::int32_t>(word.size())));
    code = U_ZERO_ERROR;
    const icu::UnicodeString apart = decompose->normalize(casefold->normalize(source, code), code);
    icu::UnicodeString out;
    for (std::int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
      const UChar32 c = apart.char32At(i);
      // Accents go; the vowel signs of Indic scripts and Thai are letters in all but name.
      const bool accent = u_charType(c) == U_NON_SPACING_MARK && u_getCombiningClass(c) == 230;
      if (!accent) out.append(c);
    }
    return out;
  }

  void emit_folded(const icu::UnicodeString& folded, std::size_t start) {
    std::string term;
    folded.toUTF8String(term);
    emit_word(std::move(term), start, at_);
  }

  void bigrams(const icu::UnicodeString& folded, std::size_t start) {
    std::int32_t i = 0;
    if (folded.countChar32() == 1) return emit_folded(folded, start);
    for (;;) {
      const std::int32_t second = folded.moveIndex32(i, 1);
      if (second >= folded.length()) return;
      const std::int32_t end = folded.moveIndex32(second, 1);
      std::string term;
      folded.tempSubStringBetween(i, end).toUTF8String(term);
      emit(std::move(term), start, at_);
      i = second;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> analyse(std::string_view text) { return Analysis(text).run(); }

std::vector<std::string> analyse_terms(std::string_view text) {
  std::vector<std::string> terms;
  for (Token& token : analyse(text)) terms.push_back(std::move(token.term));
  return terms;
}

}  // namespace interposer::knowledge
