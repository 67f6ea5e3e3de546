# The library holdfast-version: the project's version and the commit it was built from (core/base/version.h). Every
# build asks git again, which takes some 20 ms; only a new answer compiles and links anything.
set(version_source ${PROJECT_BINARY_DIR}/generated/version.cc)
add_custom_target(holdfast-commit
  COMMAND ${CMAKE_COMMAND} -D SOURCE_DIR=${PROJECT_SOURCE_DIR} -D VERSION=${PROJECT_VERSION}
          -D TEMPLATE=${PROJECT_SOURCE_DIR}/cmake/version.cc.in -D OUTPUT=${version_source}
          -P ${PROJECT_SOURCE_DIR}/cmake/WriteVersion.cmake
  BYPRODUCTS ${version_source} COMMENT "Asking git for the commit" VERBATIM)

add_library(holdfast-version STATIC ${version_source})
add_dependencies(holdfast-version holdfast-commit)
target_include_directories(holdfast-version PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/holdfast>)
target_compile_features(holdfast-version PUBLIC cxx_std_20)
target_link_libraries(holdfast-version PRIVATE $<BUILD_INTERFACE:holdfast-flags>)
set_target_properties(holdfast-version PROPERTIES EXPORT_NAME version)
add_library(Holdfast::version ALIAS holdfast-version)
holdfast_export(holdfast-version)
