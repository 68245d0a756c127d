#include <boost/json.hpp>

#include "planner/simulate/trace.h"
#include "planner/simulate/trace_lines.h"

namespace interposer::planner {
namespace {

namespace json = boost::json;

Result<double> number_at(const json::object& row, const char* key, const TracePlace& place) {
  const json::value* value = row.if_contains(key);
  if (value == nullptr) {
    return place.error(std::string("'") + key + "' is missing", "fill the gap or remove the row");
  }
  if (!value->is_number()) {
    return place.error(std::string("'") + key + "' is no number", "correct the row");
  }
  return value->to_number<double>();
}

Status read_blocks(const json::object& row, const TracePlace& place, SimRequest* r, Workload* out) {
  const json::value* ids = row.if_contains("hash_ids");
  if (ids == nullptr) return {};
  if (!ids->is_array()) return place.error("'hash_ids' is no list", "correct the row");
  const json::array& list = ids->get_array();
  r->first_block = static_cast<std::uint32_t>(out->blocks.size());
  const std::size_t full = std::min<std::size_t>(list.size(), r->prompt / out->block_tokens);
  for (std::size_t i = 0; i < full; ++i) {
    if (!list[i].is_int64() && !list[i].is_uint64()) {
      return place.error("a hash is no whole number", "correct the row");
    }
    out->blocks.push_back(list[i].is_int64() ? static_cast<std::uint64_t>(list[i].get_int64())
                                             : list[i].get_uint64());
  }
  r->blocks = static_cast<std::uint32_t>(full);
  return {};
}

Status read_row(std::string_view line, const TracePlace& place, Workload* out) {
  boost::system::error_code fault;
  const json::value value = json::parse(line, fault);
  if (fault || !value.is_object()) {
    return place.error("the line is no JSON object", "write one request a line");
  }
  const json::object& row = value.get_object();
  SimRequest r;
  IP_TRY(const double ms, number_at(row, "timestamp", place));
  IP_TRY(const double in, number_at(row, "input_length", place));
  IP_TRY(const double answer, number_at(row, "output_length", place));
  r.arrival_s = ms / 1000;
  IP_TRY(r.prompt, checked_tokens(in, "count of prompt tokens", place));
  IP_TRY(r.answer, checked_tokens(answer, "count of answer tokens", place));
  IP_OK(read_blocks(row, place, &r, out));
  return append_request(r, place, out);
}

}  // namespace

Result<Workload> read_mooncake_trace(std::string_view text, const std::string& file) {
  TraceLines lines(text, file);
  Workload out;
  while (auto line = lines.next()) {
    IP_OK(read_row(*line, lines.place(), &out));
  }
  return finish_trace(std::move(out), lines.place());
}

}  // namespace interposer::planner
