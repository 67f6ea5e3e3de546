// The simulated world as one process sees it. Each port belongs to one life of a process: what is still on its way when
// that life ends never arrives.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chaos/simulation/scheduler.h"
#include "core/model/application.h"
#include "core/ports/async_runner.h"
#include "core/ports/background.h"
#include "core/ports/ingress.h"
#include "workloads/load/closed_loop.h"
#include "workloads/load/input.h"

namespace holdfast {

// One life of a process. `Guard` wraps what must not happen after its end.
class SimLife : public std::enable_shared_from_this<SimLife> {
 public:
  // `name` says whose life it is, for traces.
  SimLife(SimScheduler& scheduler, Random random, std::string name)
      : scheduler_(scheduler), random_(random), name_(std::move(name)) {}
  SimScheduler& scheduler() { return scheduler_; }
  Random& random() { return random_; }
  const std::string& name() const { return name_; }
  bool over() const { return over_; }
  void End() {
    over_ = true;
    waiting_.clear();
  }
  // Between these two the process stands still: what comes for it waits. They nest.
  void Pause() { ++pauses_; }
  void Continue();
  bool paused() const { return pauses_ > 0; }
  std::size_t waiting() const { return waiting_.size(); }
  // Does `action` now, or in its turn once the process goes on; not after the life's end.
  template <class Action>
  void Meet(Action action) {
    if (over_) return;
    if (paused() || !waiting_.empty()) {
      waiting_.emplace_back(std::move(action));
    } else {
      action();
    }
  }
  // How the process carries out what is posted to it.
  using Runner = std::function<void(const std::function<void()>& action)>;
  void set_runner(Runner runner) { runner_ = std::move(runner); }
  // Runs `action` after `delay` unless the life is over by then.
  void Post(Duration delay, std::function<void()> action);

 private:
  void DoWaiting();

  SimScheduler& scheduler_;
  Random random_;
  const std::string name_;
  bool over_ = false;
  int pauses_ = 0;
  bool catching_up_ = false;
  std::deque<std::function<void()>> waiting_;  // In the order they came.
  Runner runner_;
};
using SimLifePtr = std::shared_ptr<SimLife>;

// Jobs run on the one thread, later: a cut that leaks, or a job that needs the loop, is seen.
class SimBackground final : public Background {
 public:
  // `run` carries a job out, and says how much `longer` it takes; it may throw to kill the process there.
  using Runner = std::function<Status(const std::function<Status()>& work, Duration& longer)>;
  // `slow` is the chance that a job takes a hundred times as long; it may change.
  SimBackground(SimLifePtr life, const double& slow, Runner run)
      : life_(std::move(life)), slow_(slow), run_(std::move(run)) {}
  void Run(Lane lane, std::function<Status()> work, std::function<void(Status)> done) override;
  // Jobs that have not run.
  std::size_t pending() const;

 private:
  struct Job {
    std::function<Status()> work;
    std::function<void(Status)> done;
  };
  void StartNext(std::size_t lane);
  SimLifePtr life_;
  const double& slow_;
  Runner run_;
  std::array<std::deque<Job>, kLanes> lanes_;
};

class SimAsyncRunner final : public AsyncRunner {
 public:
  SimAsyncRunner(SimLifePtr life, std::shared_ptr<const Application> application)
      : life_(std::move(life)), application_(std::move(application)) {}
  void Start(AsyncOperationId operation, std::string request, std::function<void(Result<std::string>)> done) override;

 private:
  SimLifePtr life_;
  std::shared_ptr<const Application> application_;
};

// The ingress as all processes share it: what is offered by now, what was answered from outside, what was released.
class SimTopic {
 public:
  // `loop` is the input too, if somebody answers.
  SimTopic(std::shared_ptr<const Input> input, std::uint64_t records, std::shared_ptr<ClosedLoopInput> loop = nullptr)
      : input_(std::move(input)), loop_(std::move(loop)), records_(records) {}
  const Input& input() const { return *input_; }
  // One more record is there; returns its partition.
  PartitionId Offer();
  void Answer(PartitionId partition, const InputRecord& answer) { loop_->Append(partition, answer); }
  std::uint64_t offered(PartitionId partition) const;
  std::uint64_t total_offered() const { return offered_; }
  bool all_offered() const { return offered_ == records_; }
  std::uint64_t& released(PartitionId partition) { return released_[partition]; }
  // A reader asked for what was released before, and so is gone; empty if none ever did.
  const std::string& trouble() const { return trouble_; }
  void NoteSeek(PartitionId partition, std::uint64_t offset);

 private:
  // Those whose records are known beforehand.
  std::uint16_t open_partitions() const { return loop_ ? loop_->offered_partitions() : input_->partitions(); }

  std::shared_ptr<const Input> input_;
  std::shared_ptr<ClosedLoopInput> loop_;
  std::uint64_t records_;
  std::uint64_t offered_ = 0;
  std::map<PartitionId, std::uint64_t> released_;
  std::string trouble_;
};

class SimIngress final : public Ingress {
 public:
  SimIngress(SimTopic& topic, SimScheduler& scheduler, WorkerId reader)
      : topic_(topic), scheduler_(scheduler), reader_(reader) {}
  void Seek(PartitionId partition, std::uint64_t offset) override;
  std::span<const IngressRecord> Poll(PartitionId partition, std::size_t max) override;
  void Release(PartitionId partition, std::uint64_t offset) override;
  // From now on it may ask for what its successor has released: what it makes of the records has no effect.
  void LeaveToZombie() { zombie_ = true; }

 private:
  struct Reader {
    std::uint64_t next = ~std::uint64_t{0};
    std::vector<InputRecord> records;
    std::vector<IngressRecord> views;
  };
  SimTopic& topic_;
  SimScheduler& scheduler_;
  const WorkerId reader_;
  bool zombie_ = false;
  std::map<PartitionId, Reader> readers_;
};

}  // namespace holdfast
