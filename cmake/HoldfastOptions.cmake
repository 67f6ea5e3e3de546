# Build-wide switches. Presets set them; nothing else should.
option(HOLDFAST_TESTS "Build the tests" ON)
option(HOLDFAST_BENCH "Build the benchmarks" ON)
option(HOLDFAST_PCH "Share precompiled headers" ON)
option(HOLDFAST_COVERAGE "Instrument for gcov" OFF)
option(HOLDFAST_MUTATIONS "Plant the bugs of core/base/mutants.h, to be switched on one at a time" OFF)
set(HOLDFAST_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(holdfast-flags INTERFACE)
target_compile_options(holdfast-flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror=unused-result
  -fno-omit-frame-pointer
  # gcc 12 optimizing sees ghosts in moved std::variants and strings; the sanitizers and clang-tidy look for real ones.
  "$<$<CONFIG:Release>:-Wno-maybe-uninitialized;-Wno-array-bounds;-Wno-stringop-overflow>")
# Test code itself gains little from the optimizer and is half of what there is to compile.
set(HOLDFAST_TEST_FLAGS -O0)
if(HOLDFAST_MUTATIONS)
  add_compile_definitions(HOLDFAST_MUTATIONS)
endif()
if(HOLDFAST_SANITIZE)
  add_compile_options(-fsanitize=${HOLDFAST_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HOLDFAST_SANITIZE})
endif()
if(HOLDFAST_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

find_program(HOLDFAST_CCACHE ccache)
if(HOLDFAST_CCACHE)
  # Without this sloppiness ccache passes over every file that uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    ${HOLDFAST_CCACHE})
endif()
find_program(HOLDFAST_MOLD mold)
if(HOLDFAST_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
