#include "api/openapi/operations.h"

namespace interposer::api {
namespace {

constexpr Operation kOperations[] = {
    {"GET", "/api/v1/status", "server", "What this server is, can answer with, and found", "", "",
     200, "Status"},
    {"POST", "/api/v1/found/{provider}/use", "server",
     "Use a model server or provider that was found", "", "UseFound", 200, "Model"},
    {"GET", "/api/v1/bases", "knowledge", "The knowledge bases", "", "", 200, "Bases"},
    {"POST", "/api/v1/bases", "knowledge", "Make an empty base", "", "NewBase", 201, "Base"},
    {"GET", "/api/v1/bases/{base}/documents", "knowledge", "The documents of a base",
     "offset limit", "", 200, "Documents"},
    {"PUT", "/api/v1/bases/{base}/uploads/{name}", "knowledge",
     "Ingest one file of at most 64 MiB (slashes of the name as they are or as %2F)", "", "octets",
     202, "Job"},
    {"POST", "/api/v1/bases/{base}/reindex", "knowledge", "Derive the indexes anew", "", "Empty",
     202, "Job"},
    {"GET", "/api/v1/documents/{base}/{id}", "knowledge",
     "A version of a document with its blocks (slashes of the id as they are or as %2F)", "version",
     "", 200, "Document"},
    {"DELETE", "/api/v1/documents/{base}/{id}", "knowledge", "Take a document out of its base", "",
     "", 204, ""},
    {"POST", "/api/v1/ingest", "knowledge",
     "Ingest files and folders of the server's machine (unix socket only)", "", "Ingest", 202,
     "Job"},
    {"GET", "/api/v1/jobs/{id}/events", "knowledge", "Numbered events of an ingest", "after", "",
     200, "events"},
    {"GET", "/api/v1/search", "knowledge", "Search passages", "q! base k legs by", "", 200, "Hits"},
    {"POST", "/api/v1/ask", "answers",
     "One question to a base; with \"stream\" run events, then the event \"answer\"", "", "Ask",
     200, "AskAnswer"},
    {"GET", "/api/v1/conversations", "answers", "Kept conversations, newest first", "", "", 200,
     "Conversations"},
    {"POST", "/api/v1/conversations", "answers", "Begin a conversation", "", "NewConversation", 201,
     "Conversation"},
    {"GET", "/api/v1/conversations/{id}", "answers", "A conversation with its turns", "", "", 200,
     "Thread"},
    {"PATCH", "/api/v1/conversations/{id}", "answers", "Rename a conversation", "", "Rename", 200,
     "Conversation"},
    {"DELETE", "/api/v1/conversations/{id}", "answers", "Forget a conversation", "", "", 204, ""},
    {"POST", "/api/v1/conversations/{id}/turns", "answers",
     "Ask; the answer is a detached run that a lost connection does not end", "", "NewTurn", 202,
     "Run"},
    {"GET", "/api/v1/runs/{id}/events", "answers",
     "Numbered events of a run, replayed after a number, then live", "after", "", 200, "events"},
    {"POST", "/api/v1/runs/{id}/stop", "answers", "Stop a run; what came is kept", "", "Empty", 202,
     "Empty"},
    {"GET", "/api/v1/usage", "server", "What the ledger holds, by model", "", "", 200, "Usage"},
    {"GET", "/api/openapi.json", "server", "This document", "", "", 200, "Empty"},
    {"GET", "/metrics", "operations", "Prometheus metrics", "", "", 200, "text"},
    {"GET", "/healthz", "operations", "The process lives", "", "", 200, "text"},
    {"GET", "/readyz", "operations", "The server can answer", "", "", 200, "text"},
    {"GET", "/v1/models", "openai", "Models, as OpenAI lists them", "", "", 200, "OpenAi"},
    {"GET", "/v1/models/{id}", "openai", "One model", "", "", 200, "OpenAi"},
    {"POST", "/v1/chat/completions", "openai", "OpenAI chat completions, streamed or not", "",
     "OpenAi", 200, "OpenAi"},
    {"POST", "/v1/completions", "openai", "OpenAI completions", "", "OpenAi", 200, "OpenAi"},
    {"POST", "/v1/embeddings", "openai", "OpenAI embeddings", "", "OpenAi", 200, "OpenAi"},
};

}  // namespace

std::span<const Operation> operations() { return kOperations; }

}  // namespace interposer::api
