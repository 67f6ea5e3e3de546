// The templates of Context. Include core/model/context.h instead.
#pragma once

#include "core/model/context.h"

namespace holdfast {

template <Message M>
std::string_view Context::Encode(const M& message) {
  auto& bytes = effects_.Scratch();
  Codec<M>::Encode(message, bytes);
  return bytes;
}

template <Message M>
ValueTypeId Context::TypeOf() const {
  const auto type = application_.ValueTypeOf<M>();
  if (!type) Fail(fmt::format("no function of application '{}' handles '{}'", application_.name(), Codec<M>::Name()));
  return *type;
}

template <class F, class M>
AddressView Context::Typed(To<F> target) const {
  static_assert(HandledBy<F, M>, "the target function does not handle this message: add it to its Handles");
  const auto function = application_.FunctionOf<F>();
  if (!function) Fail(fmt::format("function '{}' is not part of application '{}'", F::kName, application_.name()));
  return {*function, target.id};
}

template <class T>
std::optional<T> Context::Get(const Value<T>& value) const {
  const auto bytes = Bytes(value.slot());
  if (!bytes) return std::nullopt;
  std::optional<T> content(std::in_place);
  if (!Codec<T>::Decode(*bytes, *content))
    Fail(fmt::format("state '{}' does not decode", states_[value.slot().value].name));
  return content;
}

template <class T>
void Context::Set(const Value<T>& value, const std::type_identity_t<T>& content) {
  SetBytes(value.slot(), value.expire(), Encode<T>(content));
}

template <class T>
void Context::Clear(const Value<T>& value) {
  effects_.ClearValue(value.slot());
  NoteWritten(value.slot(), {.present = false, .offset = 0, .size = 0});
}

template <class F, Message M>
void Context::Send(To<F> target, const M& message) {
  effects_.Send(Envelope(Typed<F, M>(target), TypeOf<M>(), Encode(message)));
}

template <Message M>
void Context::Send(ToName target, const M& message) {
  Send(AddressView{NeedFunction(target.function), target.id}, message);
}

template <Message M>
void Context::Send(const AddressView& target, const M& message) {
  const auto type = TypeOf<M>();
  CheckHandles(target, type);
  effects_.Send(Envelope(target, type, Encode(message)));
}

template <Message M>
void Context::Reply(const M& message) {
  if (!caller().valid()) Fail("Reply to a message that came from an ingress: there is no caller");
  Send(caller(), message);
}

template <class F, Message M>
void Context::SendAfter(std::chrono::milliseconds delay, To<F> target, const M& message, CancellationToken token) {
  SendAfter(delay, Typed<F, M>(target), message, token);
}

template <Message M>
void Context::SendAfter(std::chrono::milliseconds delay, const AddressView& target, const M& message,
                        CancellationToken token) {
  if (delay.count() < 0) Fail(fmt::format("SendAfter with a delay of {} ms", delay.count()));
  const auto type = TypeOf<M>();
  CheckHandles(target, type);
  effects_.SendDelayed(Now() + delay, token.value, Envelope(target, type, Encode(message)));
}

template <Message M>
void Context::Emit(const Egress<M>& egress, std::string_view key, const std::type_identity_t<M>& record) {
  const auto id = application_.FindEgress(egress.name);
  if (!id.ok()) Fail(id.error().message);
  effects_.Emit(*id, TypeOf<M>(), key, Encode<M>(record));
}

template <class Operation>
void Context::StartAsync(const typename Operation::Request& request) {
  const auto operation = application_.AsyncOperationOf<Operation>();
  if (!operation)
    Fail(fmt::format("operation '{}' is not part of application '{}'", Operation::kName, application_.name()));
  const auto type = TypeOf<AsyncOutcome<Operation>>();
  CheckHandles(self(), type);
  effects_.StartAsync(*operation, type, Encode(request));
}

}  // namespace holdfast
