#include "boards/catalogue.h"

namespace interposer::boards {
namespace {

// Held to data/providers.yaml by catalogue_test.cc.
constexpr Provider kProviders[] = {
    {"openai", "OpenAI", "https://api.openai.com/v1", "OPENAI_API_KEY", true, false, true, true},
    {"groq", "Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", true, false, true, false},
    {"cerebras", "Cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", true, false, true,
     false},
    {"sambanova", "SambaNova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY", false, false,
     true, false},
    {"together", "Together", "https://api.together.xyz/v1", "TOGETHER_API_KEY", false, true, true,
     false},
    {"fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY", false,
     true, true, false},
    {"deepseek", "DeepSeek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", false, false, true,
     false},
    {"mistral", "Mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", false, false, false,
     false},
    {"gemini", "Gemini", "https://generativelanguage.googleapis.com/v1beta/openai",
     "GEMINI_API_KEY", false, false, true, false},
    {"openrouter", "OpenRouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", false, true,
     true, false},
    {"taalas", "Taalas", "https://api.taalas.com/v1", "TAALAS_API_KEY", false, false, true, false},
    {"neuralwatt", "Neuralwatt", "https://api.neuralwatt.com/v1", "NEURALWATT_API_KEY", false, true,
     true, false},
};

constexpr LocalServer kServers[] = {
    {"ollama", "Ollama", "http://127.0.0.1:11434/v1"},
    {"lmstudio", "LM Studio", "http://127.0.0.1:1234/v1"},
    {"llama-server", "llama-server", "http://127.0.0.1:8080/v1"},
    {"llama-server-8081", "llama-server", "http://127.0.0.1:8081/v1"},
    {"vllm", "vLLM", "http://127.0.0.1:8000/v1"},
};

std::string_view host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/:"));
}

}  // namespace

std::span<const Provider> known_providers() { return kProviders; }

const Provider* find_provider(std::string_view name) {
  for (const Provider& provider : kProviders) {
    if (provider.name == name) return &provider;
  }
  return nullptr;
}

const Provider* find_provider_by_url(std::string_view base_url) {
  for (const Provider& provider : kProviders) {
    if (host_of(provider.base_url) == host_of(base_url)) return &provider;
  }
  return nullptr;
}

std::span<const LocalServer> known_servers() { return kServers; }

}  // namespace interposer::boards
