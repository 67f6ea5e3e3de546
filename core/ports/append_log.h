// A worker's durable, ordered, fenced record log. Records get consecutive positions (LSN) as they are appended; they
// become durable in that order, many at once (group commit). Called on the owner's loop only.
//
// A log is opened by an incarnation; opening seals it against every older incarnation, whose later appends never become
// part of it and are answered with kFenced. A torn tail (a crash in mid-write) is cut off at opening; damage before the
// tail is kDataLoss and names the file and offset.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace holdfast {

class AppendLog {
 public:
  using RecordVisitor = std::function<Status(Lsn lsn, std::string_view record)>;
  // The highest durable position, or the error that ended durability: after one, no later record will become durable.
  using DurableCallback = std::function<void(Result<Lsn> durable)>;

  virtual ~AppendLog() = default;
  // Visits the durable records from `from` on, in order. Only before the first Append. kDataLoss if `from` was trimmed.
  virtual Status Replay(Lsn from, const RecordVisitor& visit) = 0;
  // Adds a record and returns its position; not durable yet. Copies the bytes.
  virtual Lsn Append(std::string_view record) = 0;
  // Starts making everything appended so far durable; `done` is posted to the loop, exactly once, in the order of the
  // calls (never, if the log is destroyed first). Several may be under way.
  virtual void Flush(DurableCallback done) = 0;
  // Position of the last record appended, durable or not; the one before the first for an empty log.
  virtual Lsn tail() const = 0;
  // Records below `first` are no longer needed; they may vanish at any time from now on.
  virtual void Trim(Lsn first) = 0;
};

// Opens the logs of one cluster. `next` is the position the first record gets if the log is empty or ends earlier
// (a snapshot may be newer than the durable log; what was older is then dropped). Every Open needs an incarnation newer
// than any before, also than those that failed: kFenced otherwise. kRefused if another process has the log open.
class AppendLogStore {
 public:
  virtual ~AppendLogStore() = default;
  virtual Result<std::unique_ptr<AppendLog>> Open(WorkerId worker, Incarnation incarnation, Lsn next) = 0;
};

}  // namespace holdfast
