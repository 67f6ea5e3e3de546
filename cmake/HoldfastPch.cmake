# Precompiled headers: the standard library, fmt and (for tests) GoogleMock, compiled once and shared by every target.
# No header of ours is in them, so an edit never rebuilds the house. They may hide a missing include; the
# self-containment test (tests/tidy) compiles every header without them.
set(HOLDFAST_PCH_HEADERS
  <algorithm> <array> <atomic> <chrono> <cmath> <cstdint> <cstring> <deque> <filesystem> <fstream> <functional> <map>
  <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map> <utility>
  <variant> <vector> <fmt/format.h>)

# holdfast_pch_target(<name> HEADERS <header>... DEPS <target>...): an empty object that carries precompiled headers.
function(holdfast_pch_target name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;DEPS")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/${name}.cc CONTENT "")
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/generated/${name}.cc)
  target_link_libraries(${name} PRIVATE holdfast-flags ${arg_DEPS})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

if(HOLDFAST_PCH)
  holdfast_pch_target(holdfast-pch HEADERS ${HOLDFAST_PCH_HEADERS} DEPS fmt::fmt)
  if(HOLDFAST_TESTS)
    holdfast_pch_target(holdfast-test-pch HEADERS ${HOLDFAST_PCH_HEADERS} <gmock/gmock.h> <gtest/gtest.h>
                        DEPS fmt::fmt GTest::gmock)
    target_compile_options(holdfast-test-pch PRIVATE ${HOLDFAST_TEST_FLAGS})
  endif()
endif()

# holdfast_use_pch(<target> [TESTS]): the target, which must link fmt, takes the shared precompiled headers; with TESTS
# those of the test programs, and their compiler flags.
function(holdfast_use_pch target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TESTS" "" "")
  if(arg_TESTS)
    target_compile_options(${target} PRIVATE ${HOLDFAST_TEST_FLAGS})
  endif()
  if(NOT HOLDFAST_PCH)
    return()
  endif()
  if(arg_TESTS)
    target_precompile_headers(${target} REUSE_FROM holdfast-test-pch)
  else()
    target_precompile_headers(${target} REUSE_FROM holdfast-pch)
  endif()
endfunction()
