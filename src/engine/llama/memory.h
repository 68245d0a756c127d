// What a loaded model keeps in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace interposer::engine::llama {

// Weights are mapped from the file and most are then copied into the layout the CPU likes best:
// both would stay resident. Gives the file's pages back; what is still read from the file (rows of
// the embedding table) comes again from the page cache when touched. Bytes given back; 0 where
// nothing of the file is mapped.
std::uint64_t release_file_pages(const std::string& path);

// Gives the whole pages within these bytes of anonymous memory back; they read as zeros from then
// on. The bytes released.
std::size_t release_pages(void* begin, std::size_t bytes);

}  // namespace interposer::engine::llama
