#include "api/bases/uploads.h"

#include <boost/json.hpp>

#include "api/bases/handlers.h"
#include "api/bases/names.h"
#include "api/jobs/jobs.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/log.h"
#include "net/file.h"

namespace interposer::api {
namespace {

constexpr std::string_view kSuffix = ".upload";
constexpr std::size_t kHeadBytesMax = 4096;

// {"base":...,"name":...} LF bytes
std::string pack(const Upload& upload) {
  JsonWriter w;
  w.begin_object().field("base", upload.base).field("name", upload.name).end_object();
  return w.take() + "\n" + upload.bytes;
}

Result<Upload> unpack(std::string packed, const std::string& path) {
  namespace json = boost::json;
  const std::size_t line = packed.find('\n');
  json::error_code failed;
  const json::value head = json::parse(std::string_view(packed).substr(0, line), failed);
  const json::object* object = failed ? nullptr : head.if_object();
  const json::value* base = object == nullptr ? nullptr : object->if_contains("base");
  const json::value* name = object == nullptr ? nullptr : object->if_contains("name");
  if (line == std::string::npos || base == nullptr || name == nullptr || !base->is_string() ||
      !name->is_string())
    return make_error(Code::kDataLoss, path + ": is no upload that this program wrote",
                      "upload the file again", "damaged_upload");
  Upload out{std::string(base->get_string()), std::string(name->get_string()),
             packed.substr(line + 1)};
  IP_OK(check_base_name(out.base));
  IP_OK(check_file_name(out.name));
  return out;
}

knowledge::IngestRequest how_to(const std::string& base, Jobs::Progress progress,
                                std::stop_token stop) {
  knowledge::IngestRequest how;
  how.base = base;
  how.vectors = false;  // the words at once; the vectors come behind
  how.progress = std::move(progress);
  how.stop = std::move(stop);
  return how;
}

// Ingests the kept file, and forgets it unless the server is being stopped.
Result<knowledge::IngestSummary> ingest_kept(knowledge::Knowledge* knowledge,
                                             const std::string& path, Jobs::Progress progress,
                                             std::stop_token stop) {
  net::FileSystem& files = net::FileSystem::real();
  IP_TRY(std::string packed, files.read(path, kUploadBytesMax + kHeadBytesMax));
  Result<Upload> upload = unpack(std::move(packed), path);
  if (!upload) {
    (void)files.remove(path);
    return upload.error();
  }
  auto summary = knowledge->ingest_bytes(upload->base, upload->name, std::move(upload->bytes),
                                         how_to(upload->base, std::move(progress), stop));
  if (!stop.stop_requested()) (void)files.remove(path);
  return summary;
}

Result<std::string> queue_kept(const Services& services, const std::string& base,
                               const std::string& path) {
  knowledge::Knowledge* knowledge = services.knowledge;
  return services.jobs->add(base, 0, [knowledge, path](Jobs::Progress progress, std::stop_token s) {
    return ingest_kept(knowledge, path, std::move(progress), std::move(s));
  });
}

Result<std::string> queue_in_memory(const Services& services, Upload upload) {
  knowledge::Knowledge* knowledge = services.knowledge;
  const std::string base = upload.base;
  const std::size_t size = upload.bytes.size();
  const auto held = std::make_shared<Upload>(std::move(upload));
  return services.jobs->add(
      base, size, [knowledge, held](Jobs::Progress progress, std::stop_token stop) {
        return knowledge->ingest_bytes(held->base, held->name, std::move(held->bytes),
                                       how_to(held->base, std::move(progress), std::move(stop)));
      });
}

}  // namespace

Result<std::string> accept_upload(const Services& services, Upload upload) {
  IP_OK(check_file_name(upload.name));
  IP_OK(need_base(services, {}, upload.base));
  if (services.upload_dir.empty()) return queue_in_memory(services, std::move(upload));
  net::FileSystem& files = net::FileSystem::real();
  IP_OK(files.make_directories(services.upload_dir, 0700));
  const std::string path = services.upload_dir + "/" + new_id("up_") + std::string(kSuffix);
  IP_OK(files.write_atomic(path, pack(upload), 0600));
  Result<std::string> job = queue_kept(services, upload.base, path);
  if (!job) (void)files.remove(path);  // refused, and told so
  return job;
}

Result<int> recover_uploads(const Services& services) {
  net::FileSystem& files = net::FileSystem::real();
  if (services.upload_dir.empty() || !files.exists(services.upload_dir)) return 0;
  IP_TRY(const auto entries, files.list(services.upload_dir));
  int queued = 0;
  for (const net::DirEntry& entry : entries) {
    if (!entry.name.ends_with(kSuffix)) continue;
    const std::string path = services.upload_dir + "/" + entry.name;
    IP_TRY(std::string packed, files.read(path, kUploadBytesMax + kHeadBytesMax));
    const Result<Upload> upload = unpack(std::move(packed), path);
    const Status known = upload ? need_base(services, {}, upload->base) : Status(upload.error());
    if (!known) {
      log::warn("an upload of an earlier process is dropped",
                {{"file", path}, {"reason", known.error().to_string()}});
      (void)files.remove(path);
      continue;
    }
    const auto job = queue_kept(services, upload->base, path);
    if (!job) return job.error();
    queued += 1;
  }
  return queued;
}

}  // namespace interposer::api
