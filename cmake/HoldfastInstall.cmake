# What `cmake --install` gives to an author of functions: the libraries and headers of core/, found again by
# find_package(Holdfast) as Holdfast::<component>, or all at once as Holdfast::Holdfast.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(HOLDFAST_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/Holdfast)

# holdfast_export(<target>): the library becomes part of the installed package.
function(holdfast_export target)
  install(TARGETS ${target} EXPORT HoldfastTargets COMPONENT sdk ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  set_property(GLOBAL APPEND PROPERTY HOLDFAST_EXPORTED ${target})
endfunction()

# holdfast_install(): after every holdfast_export(), the umbrella, the headers and the package files.
function(holdfast_install)
  get_property(exported GLOBAL PROPERTY HOLDFAST_EXPORTED)
  add_library(holdfast-all INTERFACE)
  set_target_properties(holdfast-all PROPERTIES EXPORT_NAME Holdfast)
  target_link_libraries(holdfast-all INTERFACE ${exported})
  install(TARGETS holdfast-all EXPORT HoldfastTargets COMPONENT sdk)

  install(DIRECTORY ${PROJECT_SOURCE_DIR}/core DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/holdfast COMPONENT sdk
          FILES_MATCHING PATTERN "*.h")
  install(EXPORT HoldfastTargets NAMESPACE Holdfast:: DESTINATION ${HOLDFAST_PACKAGE_DIR} COMPONENT sdk)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/HoldfastConfig.cmake.in
    ${PROJECT_BINARY_DIR}/generated/HoldfastConfig.cmake INSTALL_DESTINATION ${HOLDFAST_PACKAGE_DIR})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/HoldfastConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/generated/HoldfastConfig.cmake
                ${PROJECT_BINARY_DIR}/generated/HoldfastConfigVersion.cmake
          DESTINATION ${HOLDFAST_PACKAGE_DIR} COMPONENT sdk)
  if(TARGET holdfast)
    install(TARGETS holdfast COMPONENT programs RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()
