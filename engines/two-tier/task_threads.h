// A few threads that do whatever they are given, in the order in which it comes: the operations of an application,
// which may take their time.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace holdfast::two_tier {

// Any thread may call it.
class TaskThreads {
 public:
  explicit TaskThreads(int threads);
  // What is not begun yet is dropped.
  ~TaskThreads();
  void Add(std::function<void()> task);

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace holdfast::two_tier
