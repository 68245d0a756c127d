#include "backends/call.h"

#include <algorithm>

#include "base/ids.h"

namespace interposer::backends {

bool Principal::may_use(std::string_view model) const {
  return models.empty() || std::find(models.begin(), models.end(), model) != models.end();
}

Result<CallRef> Call::child(const CallRef& of, std::string_view target) {
  if (of->depth >= kDepthMax) {
    return make_error(Code::kFailedPrecondition,
                      "calls are nested deeper than " + std::to_string(kDepthMax) + " levels at '" +
                          std::string(target) + "'",
                      "look for a model that answers with itself", "too_deep");
  }
  auto child = std::make_shared<Call>(*of);
  child->depth = of->depth + 1;
  child->parent = of;
  child->trace.parent_id = of->trace.span_id;
  child->trace.span_id = new_span_id();
  return CallRef(std::move(child));
}

}  // namespace interposer::backends
