#include "assistant/extract/lean.h"

#include <algorithm>
#include <array>

#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

using knowledge::Block;
using knowledge::BlockKind;
using knowledge::Version;

// First words that point to the sentence before.
constexpr std::array<std::string_view, 32> kBackwards = {
    "it",      "its",    "itself",  "this",   "that",    "these",     "those",    "they",
    "their",   "them",   "such",    "he",     "she",     "his",       "her",      "both",
    "neither", "either", "another", "others", "other",   "so",        "thus",     "hence",
    "however", "but",    "also",    "then",   "instead", "therefore", "moreover", "otherwise"};
// "The former", "The same", "The latter two", "The second"
constexpr std::array<std::string_view, 7> kBackwardsAfterThe = {
    "former", "latter", "same", "other", "second", "third", "others"};

constexpr std::array<std::string_view, 62> kVerbs = {
    "is",     "are",   "was",   "were",  "be",    "been",  "has",    "have",  "had",
    "does",   "do",    "did",   "can",   "could", "may",   "might",  "will",  "would",
    "should", "must",  "makes", "make",  "made",  "gives", "give",   "gave",  "uses",
    "use",    "needs", "need",  "holds", "hold",  "held",  "says",   "said",  "say",
    "puts",   "put",   "sets",  "set",   "costs", "cost",  "runs",   "run",   "takes",
    "take",   "took",  "comes", "come",  "came",  "goes",  "go",     "means", "mean",
    "leads",  "lead",  "led",   "sells", "sold",  "buys",  "bought", "went"};

template <std::size_t N>
bool in(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string_view span_of(const Version& version, std::int64_t start, std::int64_t end) {
  return std::string_view(version.text)
      .substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
}

// The sentence before the one at `index` in the same block.
std::optional<std::size_t> before(const Version& version, std::size_t index) {
  if (index == 0) return std::nullopt;
  if (version.sentences[index - 1].block != version.sentences[index].block) return std::nullopt;
  return index - 1;
}

// What introduces a block: for a list item the paragraph or caption before its list, for anything
// the nearest heading before it.
std::optional<Support> introduction(const Version& version, int block) {
  const auto& blocks = version.blocks;
  const bool item = blocks[static_cast<std::size_t>(block)].kind == BlockKind::kListItem;
  for (int i = block - 1; i >= 0; --i) {
    const Block& other = blocks[static_cast<std::size_t>(i)];
    if (other.kind == BlockKind::kPageBreak) continue;
    if (item && other.kind == BlockKind::kListItem) continue;
    if (item && (other.kind == BlockKind::kParagraph || other.kind == BlockKind::kCaption)) {
      // Its last sentence is what leads in.
      for (auto s = version.sentences.rbegin(); s != version.sentences.rend(); ++s) {
        if (s->block == i) return Support{s->start, s->end};
      }
      return Support{other.start, other.end};
    }
    if (other.kind != BlockKind::kHeading) return std::nullopt;
    // The words of the heading, without its marks, are the sentence the version records for it.
    for (const auto& s : version.sentences) {
      if (s.block == i) return Support{s.start, s.end};
    }
    return Support{other.start, other.end};
  }
  return std::nullopt;
}

std::optional<std::size_t> find_sentence(const Version& version, std::int64_t start) {
  for (std::size_t i = 0; i < version.sentences.size(); ++i) {
    if (version.sentences[i].start == start) return i;
  }
  return std::nullopt;
}

}  // namespace

bool lacks_verb(std::string_view sentence) {
  for (const Word& word : words(sentence)) {
    if (in(kVerbs, word.low)) return false;
    const bool shape =
        word.low.size() > 3 &&
        (word.low.ends_with("ed") || word.low.ends_with("es") || word.low.ends_with("ts") ||
         word.low.ends_with("ns") || word.low.ends_with("rs") || word.low.ends_with("ds"));
    const bool lower = word.text[0] >= 'a' && word.text[0] <= 'z';
    if (shape && lower && word.start > 0) return false;  // a regular verb, as far as shape tells
  }
  return true;
}

bool leans(std::string_view sentence, BlockKind kind) {
  const std::vector<Word> list = words(sentence);
  if (list.empty()) return true;
  if (in(kBackwards, list[0].low)) return true;
  if (list[0].low == "the" && list.size() > 1 && in(kBackwardsAfterThe, list[1].low)) return true;
  const std::string_view bare = trim(sentence);
  const bool ends =
      !bare.empty() && (bare.back() == '.' || bare.back() == '!' || bare.back() == '?');
  if (kind == BlockKind::kListItem) return !ends || lacks_verb(sentence);
  return !ends && lacks_verb(sentence);
}

std::optional<std::vector<Support>> with_support(const Version& version, std::int64_t start,
                                                 std::int64_t end) {
  std::vector<Support> out = {{start, end}};
  std::optional<std::size_t> index = find_sentence(version, start);
  if (!index) return std::nullopt;
  for (std::size_t step = 0; step <= kLeanChainMax; ++step) {
    const auto& sentence = version.sentences[*index];
    const Block& block = version.blocks[static_cast<std::size_t>(sentence.block)];
    if (block.kind == BlockKind::kHeading) return out;
    if (!leans(span_of(version, sentence.start, sentence.end), block.kind)) return out;
    if (step == kLeanChainMax) return std::nullopt;
    const auto previous = before(version, *index);
    if (!previous) {
      const auto intro = introduction(version, sentence.block);
      if (!intro) return std::nullopt;
      out.insert(out.begin(), *intro);
      return out;
    }
    out.insert(out.begin(), {version.sentences[*previous].start, version.sentences[*previous].end});
    index = previous;
  }
  return std::nullopt;
}

}  // namespace interposer::assistant
