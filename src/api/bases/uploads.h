// Uploaded files on their way into a base. What was accepted is kept in a folder of the home until
// it is ingested, so that a killed server goes on with it at its next start.
#pragma once

#include <string>

#include "api/services.h"
#include "base/result.h"

namespace interposer::api {

struct Upload {
  std::string base, name;
  std::string bytes;
};

// Queues the ingest and gives the job's id. With services.upload_dir set the bytes are on the disk
// before this returns. Blocks.
Result<std::string> accept_upload(const Services& services, Upload upload);

// Queues what an earlier process left in services.upload_dir; gives their number. Blocks.
Result<int> recover_uploads(const Services& services);

}  // namespace interposer::api
