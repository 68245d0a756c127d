#include "evals/trec/text_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace interposer::evals::trec {
namespace {

Error open_error(const std::string& path, int number) {
  return make_error(number == ENOENT ? Code::kNotFound : Code::kInvalidArgument,
                    "cannot read '" + path + "': " + std::strerror(number),
                    "give the path of a readable file");
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return open_error(path, errno);
  struct stat about{};
  if (::fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
    ::close(descriptor);
    return make_error(Code::kInvalidArgument, "'" + path + "' is not a regular file",
                      "write what a pipe gives to a file first");
  }
  MappedFile file;
  file.size_ = static_cast<std::size_t>(about.st_size);
  if (file.size_ > 0) {
    void* const data = ::mmap(nullptr, file.size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    const int number = errno;
    ::close(descriptor);
    if (data == MAP_FAILED) {
      file.size_ = 0;
      return open_error(path, number);
    }
    ::madvise(data, file.size_, MADV_SEQUENTIAL);
    file.data_ = static_cast<const char*>(data);
  } else {
    ::close(descriptor);
    file.data_ = "";
  }
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (size_ > 0) ::munmap(const_cast<char*>(data_), size_);
}

Error line_error(std::string_view file, std::size_t line, std::string what, std::string remedy) {
  return make_error(Code::kInvalidArgument,
                    std::string(file) + ":" + std::to_string(line) + ": " + std::move(what),
                    std::move(remedy));
}

}  // namespace interposer::evals::trec
