# The four ways a target is made here. They keep include roots, warnings and labels the same everywhere, so that a
# CMakeLists.txt says only what differs: sources and dependencies. What a target may depend on is the dependency rule
# of docs/architecture.md; tests/tidy checks the includes themselves.

include(GoogleTest)

set(TWINLINE_PROTO_ROOT "${PROJECT_SOURCE_DIR}/proto")
set(TWINLINE_PROTO_OUT "${PROJECT_BINARY_DIR}/proto")

function(_twinline_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Werror -Wno-unused-parameter)
  if(TWINLINE_SANITIZE)
    # Instrumented code makes g++ warn about standard headers (std::regex "may be used uninitialized"). The same
    # sources are held to -Werror in the uninstrumented trees.
    target_compile_options(${target} PRIVATE -Wno-error)
  endif()
endfunction()

# twinline_library(<target> SRCS a.cc ... [DEPS target ...])
# A static library. Without sources (all in headers) it becomes an interface library with the same include root.
function(twinline_library target)
  cmake_parse_arguments(arg "" "" "SRCS;DEPS" ${ARGN})
  if(arg_SRCS)
    add_library(${target} STATIC ${arg_SRCS})
    set(scope PUBLIC)
    _twinline_warnings(${target})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}/services")
  target_link_libraries(${target} ${scope} ${arg_DEPS} Threads::Threads)
endfunction()

# twinline_executable(<target> SRCS a.cc ... [DEPS target ...])
function(twinline_executable target)
  cmake_parse_arguments(arg "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${target} ${arg_SRCS})
  _twinline_warnings(${target})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/services" "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${arg_DEPS} Threads::Threads)
endfunction()

# twinline_test(<name> SRCS a_test.cc ... [DEPS target ...] [LABELS label ...] [NO_MAIN])
# A GoogleTest program; each of its cases is one ctest. Labels choose what the sanitizer trees build and run:
# `core` under address and undefined behaviour sanitizers, `tsan` under the thread sanitizer. NO_MAIN: own main().
# Included paths may also start at the repository root ("tests/support/...").
function(twinline_test target)
  cmake_parse_arguments(arg "NO_MAIN" "" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  twinline_executable(${target} SRCS ${arg_SRCS} DEPS ${arg_DEPS} GTest::gmock GTest::gtest)
  if(NOT arg_NO_MAIN)
    target_link_libraries(${target} PRIVATE GTest::gtest_main)
  endif()
  # Test code runs once and compiles often.
  target_compile_options(${target} PRIVATE -O1)
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120 TEST_PREFIX ${target}.
                       TEST_LIST ${target}_cases PROPERTIES TIMEOUT 900)
  # gtest_discover_tests flattens a list, so that of several labels only the first would arrive; ctest reads this file
  # after the one with the cases.
  set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/${target}_labels.cmake")
  file(CONFIGURE OUTPUT "${labels_file}" @ONLY CONTENT
       "if(@target@_cases)\n  set_tests_properties(\${@target@_cases} PROPERTIES LABELS \"@arg_LABELS@\")\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
  foreach(label IN LISTS arg_LABELS)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${target})
  endforeach()
endfunction()

# twinline_proto_library(<target> PROTOS twinline/x/v1/a.proto ... [DEPS proto_target ...])
# Message classes only: the server is driven by descriptors, so no gRPC stubs are generated. Paths are relative to
# proto/, and `#include "twinline/x/v1/a.pb.h"` resolves the same way.
function(twinline_proto_library target)
  cmake_parse_arguments(arg "" "" "PROTOS;DEPS" ${ARGN})
  set(generated)
  foreach(proto IN LISTS arg_PROTOS)
    string(REGEX REPLACE "\\.proto$" ".pb" stem "${TWINLINE_PROTO_OUT}/${proto}")
    add_custom_command(
      OUTPUT "${stem}.cc" "${stem}.h"
      COMMAND ${CMAKE_COMMAND} -E make_directory "${TWINLINE_PROTO_OUT}"
      COMMAND protobuf::protoc --proto_path=${TWINLINE_PROTO_ROOT} --cpp_out=${TWINLINE_PROTO_OUT}
              --dependency_out=${stem}.d "${TWINLINE_PROTO_ROOT}/${proto}"
      DEPENDS "${TWINLINE_PROTO_ROOT}/${proto}"
      DEPFILE "${stem}.d"
      COMMENT "protoc ${proto}"
      VERBATIM)
    list(APPEND generated "${stem}.cc" "${stem}.h")
  endforeach()
  add_library(${target} STATIC ${generated})
  # Generated text is not ours to warn about, and optimising it further buys nothing that can be measured.
  target_compile_options(${target} PRIVATE -O1 -w)
  target_include_directories(${target} SYSTEM PUBLIC "${TWINLINE_PROTO_OUT}")
  target_link_libraries(${target} PUBLIC ${arg_DEPS} protobuf::libprotobuf Threads::Threads)
endfunction()
