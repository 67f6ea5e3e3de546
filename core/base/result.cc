#include "core/base/result.h"

namespace holdfast {

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid argument";
    case ErrorCode::kNotFound:
      return "not found";
    case ErrorCode::kAlreadyExists:
      return "already exists";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kExhausted:
      return "exhausted";
    case ErrorCode::kDataLoss:
      return "data loss";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kFenced:
      return "fenced";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "unknown";
}

}  // namespace holdfast
