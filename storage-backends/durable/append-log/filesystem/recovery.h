// Reading a log's folder after whatever happened: which segments make up the log, where it ends, and what lies there
// without belonging to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/ports/disk.h"
#include "storage-backends/durable/append-log/filesystem/segment.h"

namespace holdfast {

// A log as found, before a new segment is put on it.
struct FoundLog {
  Incarnation newest;                   // The highest incarnation that left a file; 0 if none did.
  Lsn next{1};                          // Position after the last record.
  std::vector<SegmentExtent> segments;  // Oldest first; all they hold is durable.
  // The last block, when it was readable but may not be durable: it follows the segments and must be written again.
  BlockBuffer carried;
  Lsn carried_first;
  std::vector<SegmentName> names;  // Of every segment file there is.
  std::vector<Incarnation> claims;
};

// kDataLoss, naming file and offset, if a part is damaged that was once durable. Reads the newest segment whole and the
// preambles of the others.
Result<FoundLog> FindLog(Disk& disk, const std::string& folder, WorkerId worker);

// The highest incarnation that left a segment or claims the log.
Result<Incarnation> NewestIn(Disk& disk, const std::string& folder);

// Visits the records of `extent` from `from` on, and checks that they continue at `expected`, which is moved on.
Status ReplaySegment(Disk& disk, const std::string& folder, WorkerId worker, const SegmentExtent& extent, Lsn from,
                     Lsn& expected, const AppendLog::RecordVisitor& visit);

}  // namespace holdfast
