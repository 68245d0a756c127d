// Known providers and known servers on loopback: what "found" offers are made from. The table is
// compiled in (provider_table.cc); data/providers.yaml is its source, with dates and sources, and a
// test holds the two to each other.
#pragma once

#include <span>
#include <string_view>

namespace interposer::boards {

struct Provider {
  std::string_view name;               // as in configuration: "groq"
  std::string_view title;              // for people: "Groq"
  std::string_view base_url;           // of its OpenAI-compatible API
  std::string_view key_env;            // where its SDKs look for the key
  bool max_completion_tokens = false;  // wants the newer name of max_tokens
  bool sampling_extensions = false;    // takes top_k, min_p, repetition_penalty
  bool stream_options = true;          // takes stream_options.include_usage
  bool developer_role = false;         // takes the role "developer"
};
std::span<const Provider> known_providers();
const Provider* find_provider(std::string_view name);             // nullptr: unknown
const Provider* find_provider_by_url(std::string_view base_url);  // by its host

struct LocalServer {
  std::string_view provider;  // "ollama"
  std::string_view title;     // "Ollama"
  std::string_view base_url;  // "http://127.0.0.1:11434/v1"
};
std::span<const LocalServer> known_servers();

}  // namespace interposer::boards
