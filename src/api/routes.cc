#include "api/routes.h"

#include "api/ask/handlers.h"
#include "api/bases/handlers.h"
#include "api/conversations/handlers.h"
#include "api/documents/handlers.h"
#include "api/found/handlers.h"
#include "api/jobs/handlers.h"
#include "api/openapi/operations.h"
#include "api/ops/handlers.h"
#include "api/page/handlers.h"
#include "api/runs/handlers.h"
#include "api/search/handlers.h"
#include "api/status/handlers.h"
#include "api/usage/handlers.h"

namespace interposer::api {

Router build_router(const Services* services,
                    std::vector<std::pair<std::string, std::string>>* routes) {
  Router router(services->guard);
  Registrar registrar(&router, services);
  add_status_routes(&registrar);
  add_found_routes(&registrar);
  add_base_routes(&registrar);
  add_document_routes(&registrar);
  add_job_routes(&registrar);
  add_search_routes(&registrar);
  add_ask_routes(&registrar);
  add_conversation_routes(&registrar);
  add_run_routes(&registrar);
  add_usage_routes(&registrar);
  add_openapi_routes(&registrar);
  add_ops_routes(&registrar);
  add_page_routes(&registrar);
  if (routes != nullptr) *routes = registrar.routes();
  return router;
}

}  // namespace interposer::api
