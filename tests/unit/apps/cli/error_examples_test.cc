// The examples on the reference page of errors are what the program really says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "apps/cli/bench.h"
#include "core/base/config_tree_error.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {

void PrintTo(const ConfigErrorEntry& entry, std::ostream* out) { *out << ConfigErrorName(entry.id); }

namespace {

class ErrorExampleTest : public testing::TestWithParam<ConfigErrorEntry> {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  // What the program says to `holdfast run SUITE [--set SETTING]`.
  std::string ErrorOf(const std::string& suite, const std::string& setting = "") {
    std::vector<SuiteOverride> overrides;
    if (!setting.empty()) {
      auto change = ParseSetArgument(setting);
      if (!change.ok()) return change.error().message;
      overrides.push_back(std::move(change).value());
    }
    const auto loaded = LoadBenchSuite(AllParts(), suite, overrides);
    return loaded.ok() ? "no error" : loaded.error().message;
  }

 private:
  // A folder of its own: the messages name "suite.yaml", and other tests that write one run at the same time.
  TemporaryFolder folder_;
  std::filesystem::path before_;
};

TEST_P(ErrorExampleTest, IsWhatTheProgramSays) {
  const auto& entry = GetParam();
  const std::string wrong(entry.wrong);
  std::string error;
  if (wrong.starts_with("holdfast run ")) {
    std::istringstream words(wrong);
    std::string holdfast, run, suite, set, setting;
    words >> holdfast >> run >> suite >> set >> setting;
    error = ErrorOf(suite, setting);
  } else {
    std::ofstream("suite.yaml") << wrong;
    error = ErrorOf("suite.yaml");
  }
  EXPECT_EQ(error, entry.message);
  EXPECT_THAT(error, testing::StartsWith(ConfigErrorName(entry.id)));
}

INSTANTIATE_TEST_SUITE_P(Page, ErrorExampleTest, testing::ValuesIn(ConfigErrorEntries()),
                         [](const auto& example) { return std::to_string(static_cast<int>(example.param.id)); });

}  // namespace
}  // namespace holdfast
