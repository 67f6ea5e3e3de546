// What do the codecs on a message's way cost, beside moving as many bytes?
//
// The floor is memcpy of bytes that are in the cache. Surprising would be: a frame of 4 KiB opened slower than at
// 4 GB/s (it is one checksum), or any other codec above 60 ns: a unit of 600 ns passes through each of them once or
// twice.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

#include "core/model/effects.h"
#include "core/model/record.h"
#include "core/snapshot/frame.h"
#include "workloads/greeter/messages.h"

namespace holdfast {
namespace {

void BM_Memcpy(benchmark::State& state) {
  const std::string from(static_cast<std::size_t>(state.range(0)), 'x');
  std::string to(from.size(), ' ');
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Memcpy)->ArgName("bytes")->Arg(64)->Arg(96)->Arg(192)->Arg(4096);

FrameHeader SomeHeader() {
  FrameHeader header;
  header.source = WorkerId(1);
  header.target = WorkerId(2);
  header.count = 40;
  header.first_sequence = 1;
  return header;
}

void BM_Frame_Open(benchmark::State& state) {
  auto frame = NewFrame();
  frame.append(static_cast<std::size_t>(state.range(0)), 'x');
  SealFrame(frame, SomeHeader());
  for (auto _ : state) benchmark::DoNotOptimize(OpenFrame(frame).value());
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size()));
}
BENCHMARK(BM_Frame_Open)->ArgName("bytes")->Arg(4096);

void BM_Frame_Seal(benchmark::State& state) {
  auto frame = NewFrame();
  frame.append(static_cast<std::size_t>(state.range(0)), 'x');
  auto header = SomeHeader();
  for (auto _ : state) {
    ++header.first_sequence;
    SealFrame(frame, header);
    benchmark::DoNotOptimize(frame.data());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size()));
}
BENCHMARK(BM_Frame_Seal)->ArgName("bytes")->Arg(4096);

const greeter::Greeting& SomeGreeting() {
  static const greeter::Greeting greeting{0, 123456, "user-123456", 7, "Visit number 7", {7, 0x1234567890abcdef}, {}};
  return greeting;
}

void BM_Message_Encode(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    Codec<greeter::Greeting>::Encode(SomeGreeting(), out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(BM_Message_Encode);

void BM_Message_Decode(benchmark::State& state) {
  std::string bytes;
  Codec<greeter::Greeting>::Encode(SomeGreeting(), bytes);
  for (auto _ : state) {
    greeter::Greeting greeting;
    benchmark::DoNotOptimize(Codec<greeter::Greeting>::Decode(bytes, greeting));
    benchmark::DoNotOptimize(greeting);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_Message_Decode);

EnvelopeView SomeEnvelope(std::string_view payload) {
  return {{FunctionId(1), "box-30864"}, {FunctionId(0), "user-123456"}, ValueTypeId(2), KeyGroup(17), payload};
}

void BM_Envelope_PutAndTake(benchmark::State& state) {
  std::string payload;
  Codec<greeter::Greeting>::Encode(SomeGreeting(), payload);
  const auto envelope = SomeEnvelope(payload);
  std::string bytes(EncodedSize(envelope), '\0');
  for (auto _ : state) {
    PutEnvelope(bytes.data(), envelope);
    std::string_view rest = bytes;
    EnvelopeView taken;
    benchmark::DoNotOptimize(TakeEnvelope(rest, taken));
    benchmark::DoNotOptimize(taken);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_Envelope_PutAndTake);

// What a greeter's unit yields: two values and a message.
void WriteEffects(EffectsBuilder& effects, std::string_view payload) {
  effects.Clear();
  effects.SetValue(StateSlot(0), kNeverExpires, "\x08\x07");
  effects.SetValue(StateSlot(1), kNeverExpires, "\x08\x07\x10\xef\x9b\xaf\xcd\xf8\xac\xd1\x91\x12");
  effects.Send(SomeEnvelope(payload));
}

void BM_Effects_WriteAndRead(benchmark::State& state) {
  std::string payload;
  Codec<greeter::Greeting>::Encode(SomeGreeting(), payload);
  EffectsBuilder effects;
  for (auto _ : state) {
    WriteEffects(effects, payload);
    EffectsReader reader(effects.bytes());
    for (Effect effect; reader.Next(effect);) benchmark::DoNotOptimize(effect);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(effects.bytes().size()));
}
BENCHMARK(BM_Effects_WriteAndRead);

void BM_Record_Merge(benchmark::State& state) {
  EffectsBuilder effects;
  WriteEffects(effects, "payload");
  RecordMerger merger;
  bool changed = false;
  const std::string record(merger.Merge({}, effects.bytes(), AppTime{1}, changed));
  for (auto _ : state) benchmark::DoNotOptimize(merger.Merge(record, effects.bytes(), AppTime{1}, changed));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Record_Merge);

}  // namespace
}  // namespace holdfast
