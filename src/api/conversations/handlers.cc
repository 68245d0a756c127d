#include "api/conversations/handlers.h"

#include "api/bases/names.h"
#include "api/common/body.h"
#include "base/json.h"
#include "net/loop.h"

namespace interposer::api {
namespace {

constexpr std::string_view kAssistant = "assistant/";

void write_conversation(JsonWriter& w, const runs::Conversation& c) {
  w.field("id", c.id).field("title", c.title);
  if (!c.base.empty()) w.field("base", c.base);
  if (!c.model.empty()) w.field("model", c.model);
  w.field("updated_at", rfc3339(c.updated_at));
}

net::Task<Result<Reply>> list(Request* request) {
  IP_CO_TRY(const auto conversations,
            co_await request->services->runs->list(request->principal.name));
  JsonWriter w;
  w.begin_object().key("conversations").begin_array();
  for (const runs::Conversation& conversation : conversations) {
    w.begin_object();
    write_conversation(w, conversation);
    w.end_object();
  }
  co_return Reply{200, w.end_array().end_object().take()};
}

net::Task<Result<Reply>> create(Request* request) {
  IP_CO_TRY(Body body, co_await Body::read(request));
  IP_CO_TRY(const std::string base, body.text("base"));
  IP_CO_TRY(const std::string model, body.text("model"));
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  if (!base.empty()) {
    const Status known = co_await net::offload<Status>(
        [services, who, base] { return need_base(*services, who, base); });
    if (!known) co_return known.error();
  }
  IP_CO_TRY(const runs::Conversation made,
            co_await services->runs->create(request->principal.name, base, model));
  JsonWriter w;
  w.begin_object();
  write_conversation(w, made);
  co_return Reply{201, w.end_object().take()};
}

void write_turn(JsonWriter& w, const runs::Turn& turn) {
  w.begin_object().field("run", turn.run).field("question", turn.question);
  w.field("target", turn.target).field("state", runs::state_name(turn.state)).key("answer");
  if (turn.answer.empty())
    w.null();
  else
    w.raw(turn.answer);
  w.end_object();
}

net::Task<Result<Reply>> show(Request* request) {
  IP_CO_TRY(const runs::Thread thread, co_await request->services->runs->get(
                                           request->principal.name, request->parameter("id")));
  JsonWriter w;
  w.begin_object();
  write_conversation(w, thread.conversation);
  w.key("turns").begin_array();
  for (const runs::Turn& turn : thread.turns) write_turn(w, turn);
  co_return Reply{200, w.end_array().end_object().take()};
}

net::Task<Result<Reply>> rename(Request* request) {
  IP_CO_TRY(Body body, co_await Body::read(request));
  IP_CO_TRY(const std::string title, body.need_text("title"));
  const std::string id = request->parameter("id");
  const Status renamed =
      co_await request->services->runs->rename(request->principal.name, id, title);
  if (!renamed) co_return renamed.error();
  IP_CO_TRY(const runs::Thread thread,
            co_await request->services->runs->get(request->principal.name, id));
  JsonWriter w;
  w.begin_object();
  write_conversation(w, thread.conversation);
  co_return Reply{200, w.end_object().take()};
}

net::Task<Result<Reply>> remove(Request* request) {
  const Status removed =
      co_await request->services->runs->remove(request->principal.name, request->parameter("id"));
  if (!removed) co_return removed.error();
  co_return Reply{204, {}};
}

Result<runs::TurnRequest> read_turn(Body* body) {
  runs::TurnRequest turn;
  IP_TRY(turn.question, body->need_text("question"));
  IP_TRY(turn.target, body->need_text("target"));
  IP_TRY(turn.mode, body->word("mode", {"auto", "extract", "generate"}));
  if (turn.mode == "auto") turn.mode.clear();
  IP_TRY(turn.answer_with, body->text("answer_with"));
  return turn;
}

// kNotFound when `target` is an assistant of a base that does not exist. Blocks. Whether a model
// exists, the gateway says.
Status need_target(const Services& services, const backends::Principal& who,
                   const std::string& target) {
  if (!target.starts_with(kAssistant)) return {};
  return need_base(services, who, target.substr(kAssistant.size()));
}

net::Task<Result<Reply>> add_turn(Request* request) {
  IP_CO_TRY(Body body, co_await Body::read(request));
  IP_CO_TRY(const runs::TurnRequest turn, read_turn(&body));
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  const std::string target = turn.target;
  const Status known = co_await net::offload<Status>(
      [services, who, target] { return need_target(*services, who, target); });
  if (!known) co_return known.error();
  IP_CO_TRY(const std::string run,
            co_await services->runs->add_turn(request->parameter("id"), turn, request->principal,
                                              request->trace_id));
  JsonWriter w;
  w.begin_object().field("run", run).end_object();
  co_return Reply{202, w.take()};
}

}  // namespace

void add_conversation_routes(Registrar* routes) {
  routes->json("GET", "/api/v1/conversations", list);
  routes->json("POST", "/api/v1/conversations", create);
  routes->json("GET", "/api/v1/conversations/{id}", show);
  routes->json("PATCH", "/api/v1/conversations/{id}", rename);
  routes->json("DELETE", "/api/v1/conversations/{id}", remove);
  routes->json("POST", "/api/v1/conversations/{id}/turns", add_turn);
}

}  // namespace interposer::api
