// The writing end of a log: one incarnation's segments, one job at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/ports/disk.h"
#include "storage-backends/durable/append-log/filesystem/segment.h"

namespace holdfast {

class SegmentWriter {
 public:
  SegmentWriter(Disk& disk, std::string folder, WorkerId worker, Incarnation incarnation, std::uint64_t segment_bytes)
      : disk_(disk),
        folder_(std::move(folder)),
        worker_(worker),
        incarnation_(incarnation),
        segment_bytes_(segment_bytes) {}

  // Begins a segment behind `predecessor`, durably, with the carried block (if not empty) as its first.
  Status Start(Lsn first, const std::optional<SegmentExtent>& predecessor, BlockBuffer& carried);
  // Appends a block and syncs it, in a new segment if the present one is full. After an error, call nothing more.
  Status Write(BlockBuffer& block, Lsn first);

  std::string PathOf(SegmentName name) const { return fmt::format("{}/{}", folder_, name.FileName()); }
  // The segment being written, as far as it is durable.
  const SegmentExtent& present() const { return present_; }

 private:
  Disk& disk_;
  const std::string folder_;
  const WorkerId worker_;
  const Incarnation incarnation_;
  const std::uint64_t segment_bytes_;
  std::unique_ptr<DiskFile> file_;
  SegmentExtent present_;
  std::uint32_t seed_ = 0;
};

}  // namespace holdfast
