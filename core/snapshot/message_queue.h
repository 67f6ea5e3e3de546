// The messages a worker has yet to handle, first in, first out: frames as they arrived and messages the worker sent to
// itself. A message is never moved: the queue is a list of runs, each a range of a shared immutable buffer, so a cut
// freezes it by copying the list, and the uploader reads the very bytes while the loop goes on.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/snapshot/frame.h"

namespace holdfast {

// Where a queued message came from. Local messages have the worker itself as source and no sequence number.
struct MessageSource {
  WorkerId worker;
  Lane lane = Lane::kFunction;
  std::uint64_t sequence = 0;
};

// A range of encoded envelopes and the buffer that keeps it alive.
struct MessageRun {
  std::shared_ptr<const void> keeper;
  std::string_view envelopes;
  MessageSource first;
  std::uint32_t count = 0;
};

class MessageQueue {
 public:
  explicit MessageQueue(WorkerId self) : self_(self) {}

  bool empty() const { return messages_ == 0; }
  std::uint64_t messages() const { return messages_; }
  std::uint64_t bytes() const { return bytes_; }

  // Appends `count` envelopes that arrived together.
  void PushRun(MessageRun run);
  // Appends one encoded envelope from this worker itself; copies it.
  void PushLocal(std::string_view envelope);

  // The oldest message, as a view that stays valid until the next Pop or Clear. Requires !empty().
  std::string_view Front(MessageSource& source) const;
  void Pop();
  void Clear();

  // The oldest message that Peek has not shown yet, and nothing if it has shown all: to ask ahead for what messages
  // will need. Takes nothing off the queue.
  std::string_view Peek();
  // How many of the messages in the queue Peek has shown.
  std::uint64_t peeked() const { return peeked_; }

  // Takes whole messages off the front until they are `bytes` or more, or all.
  std::vector<MessageRun> Take(std::uint64_t bytes);
  // Takes off everything behind the first messages that are `keep` bytes or more. Peek begins anew.
  std::vector<MessageRun> SplitOff(std::uint64_t keep);

  // The present content, readable from any thread whatever happens to the queue.
  std::vector<MessageRun> Freeze() const { return {runs_.begin(), runs_.end()}; }

 private:
  struct Buffer;
  std::size_t CutBehind(std::uint64_t bytes);
  std::vector<MessageRun> TakeRuns(std::size_t begin, std::size_t end);
  WorkerId self_;
  std::deque<MessageRun> runs_;
  std::shared_ptr<Buffer> open_;  // Where local messages are copied to.
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t peeked_ = 0;
  std::size_t peek_run_ = 0;  // Where Peek goes on; means something while peeked_ is not 0.
  const char* peek_at_ = nullptr;
};

}  // namespace holdfast
