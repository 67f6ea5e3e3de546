// A topic as a file: records appended by one process, read by another from its beginning on, kept over the death of
// either. A record is
//
//   u32 size | u32 checksum | bytes
//
// and whatever does not parse to the end is not there yet, or was cut off by its writer's death; a writer that opens
// the file again removes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast {

// One thread at a time.
class TopicReader {
 public:
  explicit TopicReader(std::string path) : path_(std::move(path)) {}
  TopicReader(const TopicReader&) = delete;
  TopicReader& operator=(const TopicReader&) = delete;
  ~TopicReader();

  // The next record, if it is there by now; it lives until the next call. A file that is not there holds none.
  bool Next(std::string_view& record);
  // Behind the records read so far, in bytes.
  std::uint64_t position() const { return begin_; }

 private:
  bool Whole(std::string_view& record) const;
  bool Fill();

  const std::string path_;
  int fd_ = -1;
  std::uint64_t begin_ = 0;  // Of `buffer_`'s unread part, in the file.
  std::size_t read_ = 0;     // Bytes of the buffer that were read.
  std::string buffer_;
};

// One thread at a time.
class TopicWriter {
 public:
  // Goes on behind the whole records that are there. The error names the file.
  static Result<TopicWriter> Open(const std::string& path);
  TopicWriter(TopicWriter&& other) noexcept;
  TopicWriter& operator=(TopicWriter&&) = delete;
  ~TopicWriter();

  // Not there for readers before the next Flush.
  void Append(std::string_view record);
  // With `sync`, it is also durable when this returns.
  Status Flush(bool sync);

 private:
  TopicWriter(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_;
  std::string pending_;
};

}  // namespace holdfast
