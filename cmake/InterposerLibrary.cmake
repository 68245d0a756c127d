# Folder = library = namespace: src/NAME becomes the target interposer_NAME, its *_test.cc the test
# executable NAME_test, each *_fuzz.cc a fuzz target, each *_bench.cc a benchmark.

function(interposer_library name)
  cmake_parse_arguments(arg "" "" "DEPS;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|_bench)\\.cc$|/app/main/|/web/ui/")
  set(deps ${arg_DEPS})
  list(TRANSFORM deps PREPEND interposer_)

  if(sources)
    add_library(interposer_${name} STATIC ${sources})
    target_include_directories(interposer_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(interposer_${name} PUBLIC ${deps} PRIVATE interposer_warnings ${arg_LINKS})
  else()
    add_library(interposer_${name} INTERFACE)
    target_include_directories(interposer_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(interposer_${name} INTERFACE ${deps} ${arg_LINKS})
  endif()

  if(INTERPOSER_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE
      interposer_${name} interposer_warnings ${arg_LINKS} GTest::gtest_main GTest::gmock
      ${INTERPOSER_RAPIDCHECK})
    target_compile_definitions(${name}_test PRIVATE INTERPOSER_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    set_property(GLOBAL APPEND PROPERTY INTERPOSER_TEST_TARGETS ${name}_test)
  endif()

  file(GLOB_RECURSE benchmarks CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*_bench.cc)
  foreach(file ${benchmarks})
    get_filename_component(target ${file} NAME_WE)
    add_executable(${target} EXCLUDE_FROM_ALL ${file})
    target_link_libraries(${target} PRIVATE interposer_${name} interposer_warnings ${arg_LINKS})
  endforeach()

  if(INTERPOSER_FUZZ)
    foreach(file ${fuzzers})
      get_filename_component(target ${file} NAME_WE)
      add_executable(${target} ${file})
      target_link_libraries(${target} PRIVATE interposer_${name} interposer_warnings ${arg_LINKS})
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      set_property(GLOBAL APPEND PROPERTY INTERPOSER_FUZZ_TARGETS ${target})
    endforeach()
  endif()
endfunction()

function(interposer_executable name main library)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${main})
    add_executable(${name} ${main})
    target_link_libraries(${name} PRIVATE interposer_${library} interposer_warnings)
    # What start-up runs lies together, so that it brings few pages of the program into memory
    # (tools/start_order renews the list; a name that is gone does no harm).
    set(order ${CMAKE_SOURCE_DIR}/cmake/start_order.txt)
    if(CMAKE_BUILD_TYPE STREQUAL "Release")
      target_link_options(${name} PRIVATE
        -Wl,--symbol-ordering-file=${order} -Wl,--no-warn-symbol-ordering)
      set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${order})
    endif()
  endif()
endfunction()

# The page's built files become part of the web library (src/web/embed.py); without a built page the
# table is empty and the server says how to build it.
function(interposer_embed_web)
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/src/web/embed.py OR NOT TARGET interposer_web)
    return()
  endif()
  set(dist ${CMAKE_SOURCE_DIR}/src/web/ui/dist)
  set(out ${CMAKE_BINARY_DIR}/web)
  file(GLOB_RECURSE assets CONFIGURE_DEPENDS ${dist}/*)
  add_custom_command(
    OUTPUT ${out}/web_assets.S ${out}/web_assets_table.inc
    COMMAND python3 ${CMAKE_SOURCE_DIR}/src/web/embed.py ${dist} ${out}
    DEPENDS ${CMAKE_SOURCE_DIR}/src/web/embed.py ${assets}
    COMMENT "Embedding the page")
  get_target_property(type interposer_web TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_sources(interposer_web PRIVATE ${out}/web_assets.S)
    target_include_directories(interposer_web PRIVATE ${out})
    set_property(SOURCE ${CMAKE_SOURCE_DIR}/src/web/assets.cc APPEND PROPERTY
      OBJECT_DEPENDS ${out}/web_assets_table.inc)
  endif()
endfunction()

# The planner's catalogue (YAML below data/) becomes part of the planner as text.
function(interposer_embed_catalogue)
  set(script ${CMAKE_SOURCE_DIR}/src/planner/catalogue/embed.py)
  set(data ${CMAKE_SOURCE_DIR}/data)
  set(folders sources boards companies cooling custom_silicon foundries grid hbm materials
      networking power prices sites)
  set(files)
  foreach(folder ${folders})
    file(GLOB found CONFIGURE_DEPENDS ${data}/${folder}/*.yaml)
    list(APPEND files ${found})
  endforeach()
  set(out ${CMAKE_BINARY_DIR}/planner)
  add_custom_command(
    OUTPUT ${out}/planner_catalogue.S ${out}/planner_catalogue.inc
    COMMAND python3 ${script} ${data} ${out} ${folders}
    DEPENDS ${script} ${files}
    COMMENT "Embedding the planner's catalogue")
  target_sources(interposer_planner PRIVATE ${out}/planner_catalogue.S)
  target_include_directories(interposer_planner PRIVATE ${out})
  set_property(SOURCE ${CMAKE_SOURCE_DIR}/src/planner/catalogue/embedded.cc APPEND PROPERTY
    OBJECT_DEPENDS ${out}/planner_catalogue.inc)
endfunction()

# `ninja tests` and `ninja fuzzers` build them all.
cmake_language(DEFER CALL interposer_collect_targets)
function(interposer_collect_targets)
  get_property(tests GLOBAL PROPERTY INTERPOSER_TEST_TARGETS)
  get_property(fuzzers GLOBAL PROPERTY INTERPOSER_FUZZ_TARGETS)
  add_custom_target(tests DEPENDS ${tests})
  add_custom_target(fuzzers DEPENDS ${fuzzers})
  file(WRITE ${CMAKE_BINARY_DIR}/tests.txt "${tests}")
  file(WRITE ${CMAKE_BINARY_DIR}/fuzzers.txt "${fuzzers}")
endfunction()
