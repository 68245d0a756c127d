#include "assistant/generate/neutral.h"

#include <array>

#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::assistant {
namespace {

// U+200B-200F, U+2028-202E, U+2060-206F, U+FEFF, U+00AD and the tag characters U+E0000-E007F.
bool invisible(std::string_view point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(point[i]); };
  if (point.size() == 2)
    return byte(0) == 0xC2 && (byte(1) == 0xAD || (byte(1) >= 0x80 && byte(1) <= 0x9F));
  if (point.size() == 3 && byte(0) == 0xE2 && byte(1) == 0x80) {
    return (byte(2) >= 0x8B && byte(2) <= 0x8F) || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
  }
  if (point.size() == 3 && byte(0) == 0xE2 && byte(1) == 0x81)
    return byte(2) >= 0xA0 && byte(2) <= 0xAF;
  if (point == "\xEF\xBB\xBF") return true;
  return point.size() == 4 && byte(0) == 0xF3 && byte(1) == 0xA0 && byte(2) <= 0x81;
}

std::string visible(std::string_view text) {
  const std::string whole = utf8_repair(text);
  std::string out;
  for (const std::string_view point : Utf8Points(whole)) {
    const unsigned char c = static_cast<unsigned char>(point[0]);
    if (invisible(point) || c == 0x7f) continue;
    if (c < 0x20) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += point;
    }
  }
  return out;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string neutralise(std::string_view text, std::string_view nonce) {
  std::string out = visible(text);
  // Brackets of every kind that a model or this program could take for a marker or a tag.
  for (const auto& [from, to] :
       {std::pair{"[", "("}, std::pair{"]", ")"}, std::pair{"\u3010", "("},
        std::pair{"\u3011", ")"}, std::pair{"\uFF3B", "("}, std::pair{"\uFF3D", ")"},
        std::pair{"<|", "< "}, std::pair{"|>", " >"}, std::pair{"<<", "< "}, std::pair{">>", " >"},
        std::pair{"</", "< "}, std::pair{"```", "'''"}, std::pair{"###", "#"}}) {
    replace_all(out, from, to);
  }
  replace_all(out, nonce, "");
  return std::string(trim(out));
}

}  // namespace interposer::assistant
