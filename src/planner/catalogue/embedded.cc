#include <vector>

#include "planner/catalogue/catalogue.h"

#define INTERPOSER_CATALOGUE_FILE(number, path, digest)  \
  extern "C" const char interposer_catalogue_##number[]; \
  extern "C" const char interposer_catalogue_##number##_end[];
#include "planner_catalogue.inc"
#undef INTERPOSER_CATALOGUE_FILE

namespace interposer::planner {

std::span<const TextFile> embedded_files() {
#define INTERPOSER_CATALOGUE_FILE(number, path, digest)                                          \
  TextFile{path, std::string_view(interposer_catalogue_##number,                                 \
                                  static_cast<std::size_t>(interposer_catalogue_##number##_end - \
                                                           interposer_catalogue_##number))},
  static const std::vector<TextFile> files = {
#include "planner_catalogue.inc"
  };
#undef INTERPOSER_CATALOGUE_FILE
  return files;
}

}  // namespace interposer::planner
