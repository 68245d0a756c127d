#include "api/ask/answer_object.h"

#include "base/json.h"
#include "runs/answer.h"

namespace interposer::api {

std::string answer_object(std::string_view question, const std::vector<runs::LogEvent>& events) {
  const std::string folded = runs::fold_answer(events);
  JsonWriter w;
  w.begin_object().field("question", question);
  w.field("answer", runs::answer_text(folded)).end_object();
  std::string out = w.take();
  // Two objects, neither empty, become one.
  out.back() = ',';
  out.append(folded, 1, std::string::npos);
  return out;
}

}  // namespace interposer::api
