// The thread of a service that looks after its tables: deletes what has been delivered, gives output its position,
// polls for delayed messages that are due, and finds what an earlier process left in the outbox.
//
// What it finds it hands on, and is told what became of it; meanwhile it does not hand it on again.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engines/two-tier/database.h"

namespace holdfast::two_tier {

// Any thread may call it.
class Housekeeper {
 public:
  struct Options {
    bool outbox = false;
    int owner = 0;
    Duration poll{};  // How often it looks for what is due.
  };
  // Called from its thread.
  struct Listener {
    std::function<void(std::vector<OutboxRow> rows)> found;  // Some of them perhaps again.
    // All that was in the outbox when the search of this number began has been handed on. The first is not asked for.
    std::function<void(std::uint64_t number)> searched;
    std::function<void(std::vector<MessageId> ids)> deleted;
    std::function<void(EgressBatch batch)> egress;  // The next, when the one before is acknowledged.
    std::function<void(Error error)> failed;        // It cannot go on.
  };

  Housekeeper(Options options, std::unique_ptr<DatabaseSession> session, Listener listener);
  ~Housekeeper();

  void Delivered(MessageId id);
  // There is new output in the database.
  void EgressWaits();
  // The sink has everything up to `position`. The first call lets output go at all.
  void EgressAcknowledged(std::uint64_t position);
  static constexpr std::uint64_t kFirstSearch = 1;
  // There may be rows in the outbox that nobody was told of. Numbers rise.
  void Search(std::uint64_t number);

 private:
  struct Wishes {
    std::vector<MessageId> delivered{};
    bool egress = false;
    std::uint64_t search = 0;  // Its number; 0 if none.
  };
  void Work();
  Status Tidy(Wishes& wishes);
  Status MoveEgress();
  Status FindRows(std::uint64_t search);
  Status SweepNowAndThen();

  const Options options_;
  const std::unique_ptr<DatabaseSession> session_;
  const Listener listener_;
  SteadyTime next_search_, next_sweep_;  // Of the thread.
  std::mutex mutex_;
  std::condition_variable changed_;
  Wishes wishes_{.search = kFirstSearch};
  std::optional<std::uint64_t> acknowledged_;  // Nothing while a batch is under way.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace holdfast::two_tier
