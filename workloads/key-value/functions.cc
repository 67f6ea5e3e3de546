#include "workloads/key-value/functions.h"

#include "core/base/hash.h"

namespace holdfast::key_value {
namespace {

Mark MarkOf(const Held& held) {
  if (held.version == 0) return {};
  return {held.version, Hash64(held.value, held.link)};
}

}  // namespace

Status Key::On(Context& ctx, const Request& request) {
  if (request.verb > static_cast<std::uint32_t>(Verb::kInsert)) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "request {}/{}: there is no verb number {}; known: 0 read, 1 update, 2 read-modify-write, "
                     "3 insert",
                     request.partition, request.offset, request.verb);
  }
  const auto verb = static_cast<Verb>(request.verb);
  const auto before = ctx.Get(held).value_or(Held{});
  Reply reply{request.partition, request.offset, ctx.self().id, request.verb, {}, {}};
  if (verb == Verb::kRead || verb == Verb::kModify) reply.found = MarkOf(before);
  if (verb != Verb::kRead) {
    const Held after{before.version + 1, reply.found.checksum, request.value};
    reply.left = MarkOf(after);
    ctx.Set(held, after);
  }
  ctx.Emit(kReplies, ctx.self().id, reply);
  return {};
}

}  // namespace holdfast::key_value
