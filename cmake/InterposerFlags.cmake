# Compiler and linker settings for all of Interposer's own code. Third-party code is SYSTEM.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

# One flag set a build type; the presets name them.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1 -D_GLIBCXX_ASSERTIONS -DINTERPOSER_CHECKS=1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -D_GLIBCXX_ASSERTIONS")
set(sanitize "-O1 -g1 -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS -DINTERPOSER_CHECKS=1")
# With the coverage that libFuzzer steers by: one build serves the unit tests and the fuzz targets.
set(CMAKE_CXX_FLAGS_ASAN
  "${sanitize} -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined")
set(CMAKE_CXX_FLAGS_TSAN "${sanitize} -fsanitize=thread")
set(CMAKE_EXE_LINKER_FLAGS_ASAN "-fsanitize=address,undefined,fuzzer-no-link")
set(CMAKE_EXE_LINKER_FLAGS_TSAN "-fsanitize=thread")

# A plain baseline that every x86-64 server of the last decade has; hot loops dispatch at run time.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-march=x86-64-v2)
endif()
add_link_options(-fuse-ld=lld-19 -no-pie -Wl,--gc-sections -Wl,--as-needed)
add_compile_options(-ffunction-sections -fdata-sections -fno-pie)

find_program(INTERPOSER_CCACHE ccache)
if(INTERPOSER_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${INTERPOSER_CCACHE})
endif()

add_library(interposer_warnings INTERFACE)
target_compile_options(interposer_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wthread-safety -Werror
  -Wno-missing-field-initializers -Wno-sign-conversion
  # libstdc++ 12: std::stable_sort itself uses what it deprecates
  -Wno-deprecated-declarations)
