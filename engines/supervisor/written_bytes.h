// How much a process has written to files, from the kernel's two accounts of it. One, `write_bytes`, charges what
// becomes dirty in the page cache: where the cache keeps a file in large pieces (folios; ext4 does since Linux 6.16),
// the whole piece, up to megabytes, though only a page of it changes and only that page goes to the disk. A log that is
// filled with zeros in advance and then synced page by page is so charged a hundred times over. The other, `wchar`,
// counts what the calls were given, also to sockets, and knows nothing of pages. The truth is at most the smaller of
// both.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace holdfast {

enum class WritesAre : std::uint8_t {
  kOfAnySize,   // A call dirties up to a page more than it was given.
  kWholePages,  // Of a program that writes nothing but aligned pages to its files.
};

// At most this, from the text of /proc/<pid>/io, which includes children that have ended; 0 if there is none.
std::int64_t WrittenBytes(std::string_view io, WritesAre writes);
// The same of a process.
std::int64_t WrittenBytesOf(pid_t pid, WritesAre writes);

}  // namespace holdfast
