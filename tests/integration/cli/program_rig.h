// The program as its users meet it, in a folder of its own with a small suite.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "engines/supervisor/child_process.h"
#include "tests/support/patience.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {

inline constexpr std::string_view kSmallSuite = R"(suite: small
seed: 7
defaults:
  workload: {name: greeter, keys: 100}
  engine: {name: holdfast, workers: 3}
  protocol: {name: unaligned, interval: 100ms}
  load: {rate: 5000/s, warm-up: 100ms, duration: 600ms}
)";

class ProgramTest : public testing::Test {
 protected:
  struct Outcome {
    int code = 0;
    std::string output;
  };

  void SetUp() override {
    std::filesystem::create_directory(tmp());
    std::ofstream(suite()) << kSmallSuite;
  }

  std::string suite() const { return folder_ / "small.yaml"; }
  std::string runs() const { return folder_ / "runs"; }
  std::string tmp() const { return folder_ / "tmp"; }

  ChildProcess Begin(std::vector<std::string> arguments) {
    std::filesystem::remove(folder_ / "output");
    arguments.insert(arguments.begin(), HOLDFAST_PROGRAM);
    return ChildProcess::Start({.command = arguments, .cpus = {}, .output = folder_ / "output"}).value();
  }
  Outcome End(ChildProcess& program) {
    EXPECT_TRUE(Until([&program] { return program.Poll().has_value(); }));
    return {program.Kill().code, FileTail(folder_ / "output", 1 << 20)};
  }
  Outcome Program(std::vector<std::string> arguments) {
    auto program = Begin(std::move(arguments));
    return End(program);
  }
  Outcome Run(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"run", suite(), "--runs", runs(), "--tmp", tmp(), "--placement", "float"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Program(arguments);
  }
  std::filesystem::path OnlyRun() const { return std::filesystem::directory_iterator(runs())->path(); }

  TemporaryFolder folder_;
};

}  // namespace holdfast
