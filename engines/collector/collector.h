// The transactional sink of the testbed, where output becomes visible. It knows streams, one per worker, and for each
// the fence in force and the highest committed position, and it knows nothing of records: whether output is lost or
// doubled is for an oracle to judge, from what became visible, so the sink must not help by looking at content.
//
//   a commit above the stream's position     is visible from that instant on
//   a commit at or below it                  is a repetition: confirmed again, not visible, counted
//   a commit or emission of an older fence   is refused and counted
//   an emission                              is visible at once, every time
//
// What becomes visible is kept in memory, in order, untouched: nobody parses it while the system is measured. The bound
// on that memory is part of the options; beyond it output is still committed, but not kept, and complete() says so.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/ports/egress.h"

namespace holdfast {

class Collector {
 public:
  struct Options {
    std::uint64_t max_kept_bytes = std::uint64_t{4} << 30;
  };
  // Records that became visible together.
  struct Visible {
    SteadyTime at;
    WorkerId stream;
    std::string_view records;  // Encoded, concatenated; lives until ReadOut.
  };
  struct Counts {
    std::uint64_t deliveries = 0;  // Everything that arrived, visible or not.
    std::uint64_t delivered_bytes = 0;
    std::uint64_t visible_records = 0;
    std::uint64_t repetitions = 0;  // Commits at or below the position.
    std::uint64_t refused = 0;      // Commits and emissions of an older fence.
  };

  Collector() : Collector(Options{}) {}
  explicit Collector(Options options) : options_(options) {}

  // As EgressSink; `now` is the instant at which it takes effect. kFenced if a later fence stands.
  Result<std::uint64_t> Fence(WorkerId stream, EgressFence fence);
  // kFenced, or kInvalidArgument if the bytes are no records.
  Status Commit(WorkerId stream, EgressFence fence, std::uint64_t position, std::string_view records, SteadyTime now);
  Status Emit(WorkerId stream, EgressFence fence, std::string_view records, SteadyTime now);

  const Counts& counts() const { return counts_; }
  // When output last became visible; nothing did before the first.
  SteadyTime last_visible() const { return visible_.empty() ? SteadyTime{} : visible_.back().at; }
  // In the order in which it became visible.
  const std::vector<Visible>& visible() const { return visible_; }
  // Shows everything, in that order, and gives its memory back behind the reader: of visible() the instants stay, the
  // records are gone. Once, when no more will come.
  void ReadOut(const std::function<void(const Visible& visible)>& read);
  // False if output was dropped because the memory was used up.
  bool complete() const { return complete_; }

 private:
  struct Stream {
    EgressFence fence;
    std::uint64_t position = 0;
  };
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  Status Admit(const Stream& stream, WorkerId worker, EgressFence fence, std::string_view records);
  Status Show(WorkerId stream, std::string_view records, SteadyTime now);
  char* Room(std::size_t bytes);

  Options options_;
  std::map<WorkerId, Stream> streams_;
  Counts counts_;
  std::vector<Visible> visible_;
  bool complete_ = true;
  std::uint64_t kept_bytes_ = 0;
  std::deque<Block> blocks_;
  std::size_t room_ = 0;  // Bytes left in the last block.
  char* next_ = nullptr;
};

}  // namespace holdfast
