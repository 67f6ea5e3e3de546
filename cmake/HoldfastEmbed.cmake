# holdfast_embed(<name> <header> <namespace> PARTS <Function=file>... [DEPENDS <file>...] [HINT <text>])
#
# Puts text files into the component holdfast-<name>: each function, which <header> declares in <namespace> as
# `std::string_view Function();`, returns one. HINT says what to do when a file is missing.
function(holdfast_embed name header namespace)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "HINT" "PARTS;DEPENDS")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded.cc)
  set(files ${arg_PARTS})
  list(TRANSFORM files REPLACE "^[^=]+=" "")
  list(FILTER files EXCLUDE REGEX "/node_modules/")  # Absent until fetched; the script says how.
  list(JOIN arg_PARTS "|" parts)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DHEADER=${header} -DNAMESPACE=${namespace} -DPARTS=${parts}
            -DHINT=${arg_HINT} -P ${PROJECT_SOURCE_DIR}/cmake/WriteEmbedded.cmake
    DEPENDS ${files} ${arg_DEPENDS} ${PROJECT_SOURCE_DIR}/cmake/WriteEmbedded.cmake
    COMMENT "Embedding the files of ${name}" VERBATIM)
  target_sources(holdfast-${name} PRIVATE ${output})
endfunction()
