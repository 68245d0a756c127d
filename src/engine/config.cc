#include "engine/config.h"

namespace interposer::engine {

std::string_view kind_name(ModelKind kind) {
  switch (kind) {
    case ModelKind::kChat:
      return "chat";
    case ModelKind::kEmbed:
      return "embed";
    case ModelKind::kRerank:
      return "rerank";
  }
  return "chat";
}

std::optional<ModelKind> parse_kind(std::string_view text) {
  if (text == "chat") return ModelKind::kChat;
  if (text == "embed") return ModelKind::kEmbed;
  if (text == "rerank") return ModelKind::kRerank;
  return std::nullopt;
}

}  // namespace interposer::engine
