// An invocation as bytes, for hosts on the other side of a boundary:
//
//   u16 self type | u16 caller type | u16 value type | i64 now | u64 seed | self id | caller id | payload | record
//
// where ids, payload and record are bytes with a varint size before them.
#pragma once

#include <string>
#include <string_view>

#include "core/model/context.h"

namespace holdfast {

void AppendInvocation(std::string& out, const Invocation& invocation);
// Reads what AppendInvocation wrote, as views into `bytes`; false if `bytes` are not exactly one invocation.
bool ReadInvocation(std::string_view bytes, Invocation& invocation);

}  // namespace holdfast
