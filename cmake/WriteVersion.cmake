# Run as a script by holdfast-commit: fills TEMPLATE into OUTPUT, touching OUTPUT only when the text changes.
execute_process(COMMAND git -C ${SOURCE_DIR} rev-parse --short=12 HEAD
                OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
  set(COMMIT unknown)
endif()
execute_process(COMMAND git -C ${SOURCE_DIR} status --porcelain --untracked-files=no
                OUTPUT_VARIABLE changes ERROR_QUIET)
if(changes)
  string(APPEND COMMIT "-modified")
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
