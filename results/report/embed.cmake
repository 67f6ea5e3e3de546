# cmake -DOUTPUT=<file.cc> -DPAGE=<folder of page files> -DLIBRARY=<folder of the plotting library> -P embed.cmake
# Writes the files that make up the report page into one C++ source as string literals.
set(parts
  "PageHtml=${PAGE}/page.html" "PageCss=${PAGE}/page.css"
  "FormatJs=${PAGE}/format.js" "ChartsJs=${PAGE}/charts.js" "TablesJs=${PAGE}/tables.js"
  "SpectrumJs=${PAGE}/spectrum.js" "TimelineJs=${PAGE}/timeline.js" "PageJs=${PAGE}/page.js"
  "LibraryJs=${LIBRARY}/dist/uPlot.iife.min.js" "LibraryCss=${LIBRARY}/dist/uPlot.min.css"
  "LibraryLicense=${LIBRARY}/LICENSE")
set(source "// Made by results/report/embed.cmake.\n#include \"results/report/page_parts.h\"\n\n")
string(APPEND source "namespace holdfast::report {\n\n")
foreach(part ${parts})
  string(REGEX MATCH "^([^=]+)=(.+)$" matched "${part}")
  set(name ${CMAKE_MATCH_1})
  set(file ${CMAKE_MATCH_2})
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is missing. The report page carries a plotting library from npm: "
            "run results/report/fetch.sh once (it needs npm).")
  endif()
  file(READ ${file} text)
  string(FIND "${text}" ")~HF~" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} contains the end mark of a raw string")
  endif()
  string(APPEND source "std::string_view ${name}() {\n  return R\"~HF~(${text})~HF~\";\n}\n\n")
endforeach()
string(APPEND source "}  // namespace holdfast::report\n")
file(WRITE ${OUTPUT} "${source}")
