#include "transports/connectors/unix/worker_port.h"

namespace holdfast {

namespace {

void DecodeBatch(const IngressQueue::Batch& batch, std::vector<IngressRecord>& records) {
  records.clear();
  ByteReader reader(batch.records);
  for (auto offset = batch.first; !reader.AtEnd(); ++offset) {
    IngressRecord record{.offset = offset, .ingress = reader.Fixed<std::uint16_t>(), .key = {}, .value = {}};
    record.key = reader.Bytes();
    record.value = reader.Bytes();
    records.push_back(record);
  }
  HOLDFAST_CHECK(reader.ok(), "a batch of records from offset {} is malformed", batch.first);
}

}  // namespace

void WorkerPort::Push(PortCommand command) {
  commands_.Push(std::move(command));
  alarm_.Ring();
}

void WorkerPort::Seek(PartitionId partition, std::uint64_t offset) {
  auto& queue = partitions_[partition];
  if (queue == nullptr) {
    queue = std::make_unique<IngressQueue>();
    queue->partition = partition;
  }
  if (queue->reading) GiveBack(*queue);
  Push(SubscribeCommand{queue.get(), ++queue->generation, offset});
}

std::span<const IngressRecord> WorkerPort::Poll(PartitionId partition, std::size_t max) {
  const auto found = partitions_.find(partition);
  HOLDFAST_CHECK(found != partitions_.end(), "partition {} is polled before Seek", partition);
  IngressQueue& queue = *found->second;
  if (queue.reading && queue.taken == queue.records.size()) GiveBack(queue);
  if (queued_egress_.load(std::memory_order_relaxed) > kMaxUnsentEgress) return {};
  while (!queue.reading) {
    const auto* batch = queue.batches.Front();
    if (batch == nullptr) return {};
    queue.reading = true;
    if (batch->generation == queue.generation) {
      DecodeBatch(*batch, queue.records);
    } else {
      GiveBack(queue);
    }
  }
  const auto records = std::span(queue.records).subspan(queue.taken);
  const auto taken = records.first(std::min(max, records.size()));
  queue.taken += taken.size();
  return taken;
}

void WorkerPort::GiveBack(IngressQueue& queue) {
  taken_ += queue.batches.Front()->count;
  page_.Set(worker_, Counter::kIngressRecords, taken_);
  queue.reading = false;
  queue.records.clear();
  queue.taken = 0;
  queue.batches.GiveBack();
  // Credits go back by the quarter window; the gateway's thread reads the ring's count itself.
  if (queue.batches.given_back() % (wire::kWindow / 4) == 0) alarm_.Ring();
}

void WorkerPort::Release(PartitionId partition, std::uint64_t offset) { Push(ReleaseCommand{partition, offset}); }

void WorkerPort::Fence(EgressFence fence, std::function<void(Result<std::uint64_t>)> done) {
  fence_ = fence;
  Push(FenceCommand{fence, std::move(done)});
}

void WorkerPort::Commit(std::uint64_t position, EgressBytes records, Callback done) {
  queued_egress_.fetch_add(records.size(), std::memory_order_relaxed);
  Push(CommitCommand{fence_, position, std::move(records), std::move(done)});
}

void WorkerPort::Emit(EgressPiece records) {
  queued_egress_.fetch_add(records.bytes().size(), std::memory_order_relaxed);
  Push(EmitCommand{fence_, std::move(records)});
}

}  // namespace holdfast
