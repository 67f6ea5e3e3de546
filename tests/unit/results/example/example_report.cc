// Writes the example run's record and page into a folder and prints its table: example-report FOLDER.
#include <fmt/format.h>

#include <filesystem>

#include "results/record/run_io.h"
#include "results/report/page.h"
#include "results/report/table.h"
#include "tests/unit/results/example/example_run.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  const auto run = holdfast::ExampleRun();
  holdfast::record::WriteRun(folder, run).OrDie();
  const auto page = holdfast::report::RenderPage(run).value();
  holdfast::record::WriteFileAtomically(folder / "report.html", page).OrDie();
  fmt::print("{}", holdfast::report::RenderTable(run));
}
