# holdfast_component(<name> [COLD] [DEPS <target>...] [PRIVATE_DEPS <target>...])
#
# Makes the static library holdfast-<name> from every *.cc beside the caller, and its test program from
# tests/unit/<same path>/*_test.cc. A folder is a component; a file added to it needs no edit here. A component under
# core/ is also installed and exported as Holdfast::<name>.
#
# The presets release and asan compile files in batches (CMAKE_UNITY_BUILD), tests too, which costs half the time;
# dev, tsan and tidy file by file, so that each file must still include what it uses. COLD marks code that no figure
# depends on (command line, pages, plans): Release compiles it with -O1, which saves a quarter of its build time.
function(holdfast_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "COLD" "" "DEPS;PRIVATE_DEPS")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  if(sources)
    add_library(holdfast-${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(holdfast-${name} PRIVATE $<BUILD_INTERFACE:holdfast-flags> ${arg_PRIVATE_DEPS})
    holdfast_use_pch(holdfast-${name})
    set_target_properties(holdfast-${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 6)
    if(arg_COLD)
      target_compile_options(holdfast-${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
  else()
    add_library(holdfast-${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(Holdfast::${name} ALIAS holdfast-${name})
  set_target_properties(holdfast-${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(holdfast-${name} ${scope}
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/holdfast>)
  target_compile_features(holdfast-${name} ${scope} cxx_std_20)
  target_link_libraries(holdfast-${name} ${scope} ${arg_DEPS})
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE path)
  if(path MATCHES "^core/")
    holdfast_export(holdfast-${name})
  endif()
  holdfast_tests(${name} ${PROJECT_SOURCE_DIR}/tests/unit/${path} DEPS holdfast-${name} ${arg_PRIVATE_DEPS})
endfunction()

# holdfast_tests(<name> <folder> [DEPS <target>...]): the GoogleTest program tests-<name> from <folder>/*_test.cc, if
# there are any.
function(holdfast_tests name folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "DEPS")
  if(NOT HOLDFAST_TESTS)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(tests-${name} ${sources})
  target_link_libraries(tests-${name} PRIVATE holdfast-flags ${arg_DEPS} GTest::gmock GTest::gtest_main)
  holdfast_use_pch(tests-${name} TESTS)
  set_target_properties(tests-${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 6)
  gtest_discover_tests(tests-${name} TEST_PREFIX ${name}. NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300)
endfunction()

# holdfast_benchmark(<name> <source> [DEPS <target>...]): the Google Benchmark program bench-<name>, part of the target
# `benchmarks`.
function(holdfast_benchmark name source)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "DEPS")
  if(NOT HOLDFAST_BENCH)
    return()
  endif()
  add_executable(bench-${name} ${source})
  set_target_properties(bench-${name} PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(bench-${name} PRIVATE holdfast-flags ${arg_DEPS} fmt::fmt benchmark::benchmark
                        benchmark::benchmark_main)
  holdfast_use_pch(bench-${name})
  add_dependencies(benchmarks bench-${name})
endfunction()
