#include "core/runtime/outbox.h"

#include <algorithm>

#include "core/base/mutation.h"

namespace holdfast {

void Outbox::Reset(WorldLine world_line, Incarnation incarnation) {
  world_line_ = world_line;
  incarnation_ = incarnation;
  colour_ = {};
  durable_ = {};
  peers_.clear();
  peers_.resize(options_.workers);
  retained_bytes_ = 0;
}

Outbox::Stream& Outbox::StreamOf(WorkerId peer, Lane lane) {
  HOLDFAST_CHECK(peer.value < peers_.size() && peer != options_.self, "worker {} has no channel to {}", options_.self,
                 peer);
  return peers_[peer.value][static_cast<std::size_t>(lane)];
}

void Outbox::SetColour(SnapshotIndex colour) {
  Flush();
  colour_ = colour;
}

void Outbox::Add(WorkerId to, Lane lane, std::string_view envelope, Lsn lsn) {
  auto& stream = StreamOf(to, lane);
  if (stream.open.empty()) stream.open = NewFrame(options_.max_frame_bytes);
  stream.open.append(envelope);
  ++stream.open_count;
  stream.open_lsn = lsn;
  ++stream.sent;
  ++messages_;
  if (stream.open.size() >= options_.max_frame_bytes) CloseFrame(to, lane, stream);
}

void Outbox::Flush() {
  for (std::uint16_t peer = 0; peer < peers_.size(); ++peer) {
    for (const auto lane : kAllLanes) {
      auto& stream = peers_[peer][static_cast<std::size_t>(lane)];
      if (stream.open_count > 0) CloseFrame(WorkerId(peer), lane, stream);
    }
  }
}

FrameHeader Outbox::HeaderFor(WorkerId to, FrameKind kind) const {
  return {.kind = kind,
          .source = options_.self,
          .target = to,
          .world_line = world_line_,
          .incarnation = incarnation_,
          .colour = colour_};
}

void Outbox::CloseFrame(WorkerId to, Lane lane, Stream& stream) {
  const auto first = stream.sent - stream.open_count + 1;
  const auto count = std::exchange(stream.open_count, 0);
  auto bytes = std::exchange(stream.open, {});
  if (!options_.retain) {
    auto header = HeaderFor(to, FrameKind::kData);
    header.lane = lane;
    header.count = count;
    header.first_sequence = first;
    SealFrame(bytes, header);
    channel_.Send(to, std::move(bytes));
    return;
  }
  retained_bytes_ += bytes.size();
  stream.retained.push_back({first, count, stream.open_lsn, std::make_shared<std::string>(std::move(bytes))});
  ++stream.waiting;
  TransmitWaiting(to, lane, stream);
}

void Outbox::TransmitWaiting(WorkerId to, Lane lane, Stream& stream) {
  while (stream.waiting > 0) {
    auto& frame = stream.retained[stream.retained.size() - stream.waiting];
    if (frame.lsn > durable_ && !HOLDFAST_MUTANT("send-before-durable")) return;
    auto header = HeaderFor(to, FrameKind::kData);
    header.lane = lane;
    header.count = frame.count;
    header.first_sequence = frame.first_sequence;
    std::string copy = *frame.bytes;
    SealFrame(copy, header);
    channel_.Send(to, std::move(copy));
    --stream.waiting;
  }
}

void Outbox::SendSmall(WorkerId to, const FrameHeader& header, std::string_view payload) {
  auto frame = NewFrame(payload.size());
  frame.append(payload);
  SealFrame(frame, header);
  channel_.Send(to, std::move(frame));
}

void Outbox::SendMark(SnapshotIndex index) {
  Flush();
  for (std::uint16_t peer = 0; peer < peers_.size(); ++peer) {
    if (WorkerId(peer) == options_.self) continue;
    auto header = HeaderFor(WorkerId(peer), FrameKind::kMark);
    header.colour = index;
    std::string payload;
    AppendPositions(payload, sent(WorkerId(peer)));
    SendSmall(WorkerId(peer), header, payload);
  }
}

void Outbox::SendPositions(WorkerId to, FrameKind kind, const LanePositions& positions) {
  std::string payload;
  AppendPositions(payload, positions);
  SendSmall(to, HeaderFor(to, kind), payload);
}

void Outbox::SendPressure(WorkerId to, bool on) {
  auto header = HeaderFor(to, FrameKind::kPressure);
  header.count = on ? 1 : 0;
  SendSmall(to, header, {});
}

void Outbox::Durable(Lsn lsn) {
  durable_ = std::max(durable_, lsn);
  for (std::uint16_t peer = 0; peer < peers_.size(); ++peer) {
    for (const auto lane : kAllLanes)
      TransmitWaiting(WorkerId(peer), lane, peers_[peer][static_cast<std::size_t>(lane)]);
  }
}

void Outbox::Acknowledged(WorkerId peer, const LanePositions& positions) {
  for (const auto lane : kAllLanes) {
    auto& stream = StreamOf(peer, lane);
    const auto position = positions[static_cast<std::size_t>(lane)];
    while (stream.retained.size() > stream.waiting) {
      const auto& frame = stream.retained.front();
      const auto whole = HOLDFAST_MUTANT("acknowledged-frame-dropped-whole") ? 0 : frame.count - 1;
      if (frame.first_sequence + whole > position) break;
      retained_bytes_ -= frame.bytes->size();
      stream.retained.pop_front();
    }
  }
}

void Outbox::Resend(WorkerId peer) {
  for (const auto lane : kAllLanes) {
    auto& stream = StreamOf(peer, lane);
    if (HOLDFAST_MUTANT("resend-one-lane") && lane == Lane::kIngress) continue;
    stream.waiting = stream.retained.size();
    TransmitWaiting(peer, lane, stream);
  }
}

LanePositions Outbox::sent(WorkerId peer) const {
  LanePositions positions{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) positions[lane] = peers_[peer.value][lane].sent;
  return positions;
}

void Outbox::SetSent(WorkerId peer, const LanePositions& positions) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) peers_[peer.value][lane].sent = positions[lane];
}

void Outbox::PutBack(const OutboxRun& run) {
  auto& stream = StreamOf(run.peer, run.lane);
  auto bytes = std::make_shared<std::string>(NewFrame(run.envelopes.size()));
  bytes->append(run.envelopes);
  retained_bytes_ += bytes->size();
  stream.retained.push_back({run.first_sequence, run.count, Lsn(0), std::move(bytes)});
  ++stream.waiting;
}

void Outbox::ForEachKept(const std::function<void(const OutboxRun& run)>& visit) const {
  const auto show = [&](WorkerId peer, Lane lane, const Frame& frame, std::string_view bytes) {
    visit({peer, lane, frame.first_sequence, frame.count, bytes.substr(kFrameHeaderBytes)});
  };
  for (std::uint16_t peer = 0; peer < peers_.size(); ++peer) {
    for (const auto lane : kAllLanes) {
      const auto& stream = peers_[peer][static_cast<std::size_t>(lane)];
      for (const auto& frame : stream.retained) show(WorkerId(peer), lane, frame, *frame.bytes);
      if (stream.open_count == 0) continue;
      show(WorkerId(peer), lane, {stream.sent - stream.open_count + 1, stream.open_count, {}, {}}, stream.open);
    }
  }
}

std::vector<Outbox::FrozenRun> Outbox::Freeze() {
  Flush();
  std::vector<FrozenRun> runs;
  for (std::uint16_t peer = 0; peer < peers_.size(); ++peer) {
    for (const auto lane : kAllLanes) {
      const auto& stream = peers_[peer][static_cast<std::size_t>(lane)];
      auto sent = stream.retained.size() - stream.waiting;
      for (const auto& frame : stream.retained) {
        if (HOLDFAST_MUTANT("sent-frames-not-in-snapshot") && sent > 0 && sent-- > 0) continue;
        const auto envelopes = std::string_view(*frame.bytes).substr(kFrameHeaderBytes);
        runs.push_back({{WorkerId(peer), lane, frame.first_sequence, frame.count, envelopes}, frame.bytes});
      }
    }
  }
  return runs;
}

}  // namespace holdfast
