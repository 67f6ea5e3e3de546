// Redis through hiredis. A unit is two round trips: one that watches and reads what it stands on, and a MULTI that
// changes all at once, unless what was watched has changed.
//
//   s:FUNCTION:ID         the record of an address; goes by itself when its last value expires
//   m:MESSAGE             the mark of a handled message; goes after the retention
//   o:ID                  a row of the outbox: owner, kind, due, sender, body, name (the key below, if it has a token)
//   t:SENDER:TOKEN        the id of the row that a token names
//   now:OWNER due:OWNER   sorted sets of ids, by id and by due time
//   e:STREAM b:STREAM     output, and the batch at its front that has a position
#include <hiredis/hiredis.h>
#include <signal.h>

#include <charconv>
#include <initializer_list>

#include "core/base/bytes.h"
#include "engines/steady_now.h"
#include "engines/two-tier/database.h"
#include "engines/two-tier/redis_server.h"

namespace holdfast::two_tier {
namespace {

constexpr Duration kReconnectInterval = std::chrono::milliseconds(100);
constexpr timeval kTimeout{10, 0};
constexpr std::int64_t kMostOutput = 1000;

using Command = std::vector<std::string>;
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

std::string_view TextOf(const redisReply& reply) {
  return reply.str == nullptr ? std::string_view() : std::string_view(reply.str, reply.len);
}
std::string_view TextOf(const redisReply& reply, std::size_t i) { return TextOf(*reply.element[i]); }

std::int64_t NumberOf(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Of equal width, so that sorted sets sort them as numbers.
std::string IdText(MessageId id) { return fmt::format("{:020}", id); }
std::string RowKey(std::string_view id) { return fmt::format("o:{}", id); }
std::string NameKey(const OutboxRow& row) {
  return fmt::format("t:{}:{}:{}", row.sender_id.size(), row.sender_id, row.token);
}
std::string Text(std::int64_t number) { return fmt::to_string(number); }

// Takes a row away, whichever set it stands in.
void Remove(std::vector<Command>& commands, std::string_view id, std::string_view owner, std::string_view name) {
  const std::string member(id);
  commands.push_back({"DEL", RowKey(id)});
  commands.push_back({"ZREM", fmt::format("now:{}", owner), member});
  commands.push_back({"ZREM", fmt::format("due:{}", owner), member});
  if (!name.empty()) commands.push_back({"DEL", std::string(name)});
}

class RedisSession final : public DatabaseSession {
 public:
  RedisSession(std::string socket, Duration retention)
      : socket_(std::move(socket)),
        retention_ms_(std::chrono::duration_cast<std::chrono::milliseconds>(retention).count()) {}
  ~RedisSession() override { Disconnect(); }

  Result<std::optional<std::string>> Begin(const UnitStart& start) override {
    start_ = start;
    state_key_ = fmt::format("s:{}:{}", start.self.type, start.self.id);
    consumed_ = start.consume == Consume::kRow ? RowKey(IdText(start.message)) : fmt::format("m:{}", start.message);
    HOLDFAST_ASSIGN(const auto replies, Do({{"WATCH", state_key_, consumed_},
                                            {"EXISTS", consumed_},
                                            {"HMGET", RowKey(IdText(start.message)), "owner", "name"},
                                            {"GET", state_key_}}));
    const bool exists = replies[1]->integer == 1;
    const bool handled = (start.consume == Consume::kMark && exists) || (start.consume == Consume::kRow && !exists);
    if (handled) {
      HOLDFAST_TRY(Do({{"UNWATCH"}}));
      return std::optional<std::string>();
    }
    row_owner_ = TextOf(*replies[2], 0);
    row_name_ = TextOf(*replies[2], 1);
    return std::optional<std::string>(TextOf(*replies[3]));
  }

  Result<std::vector<MessageId>> Commit(const UnitEnd& end) override {
    std::vector<Command> commands = {{"MULTI"}};
    if (start_.consume == Consume::kMark) commands.push_back({"SET", consumed_, "1", "PX", Text(retention_ms_)});
    if (start_.consume == Consume::kRow) Remove(commands, IdText(start_.message), row_owner_, row_name_);
    if (end.record) Store(*end.record, end.expires, commands);
    HOLDFAST_ASSIGN(const auto ids, NewIds(end));
    auto id = ids.begin();
    for (const auto& change : end.changes) {
      if (change.kind == UnitChange::Kind::kEmit) {
        commands.push_back({"RPUSH", fmt::format("e:{}", end.owner), change.egress_record});
        continue;
      }
      if (!change.row.token.empty()) HOLDFAST_TRY(Cancel(change.row, commands));
      if (change.kind == UnitChange::Kind::kInsert) Insert(change.row, *id++, end.owner, commands);
    }
    commands.push_back({"EXEC"});
    HOLDFAST_ASSIGN(const auto replies, Do(commands));
    named_.clear();
    if (replies.back()->type == REDIS_REPLY_ARRAY) return ids;
    return MakeError(ErrorCode::kUnavailable, "somebody else changed the address meanwhile");
  }

  void Abort() override { Do({{"UNWATCH"}}).status().Ignore(); }

  Result<std::vector<OutboxRow>> ReadOutbox(int owner, bool delayed, AppTime now, std::size_t most) override {
    const auto limit = Text(static_cast<std::int64_t>(most));
    const Command find =
        delayed ? Command{"ZRANGEBYSCORE", fmt::format("due:{}", owner), "-inf", Text(now.millis), "LIMIT", "0", limit}
                : Command{"ZRANGEBYSCORE", fmt::format("now:{}", owner), "-inf", "+inf", "LIMIT", "0", limit};
    HOLDFAST_ASSIGN(const auto found, Do({find}));
    std::vector<Command> commands;
    for (std::size_t i = 0; i < found[0]->elements; ++i) {
      commands.push_back({"HMGET", RowKey(TextOf(*found[0], i)), "kind", "due", "sender", "body"});
    }
    HOLDFAST_ASSIGN(const auto replies, Do(commands));
    std::vector<OutboxRow> rows;
    for (std::size_t i = 0; i < replies.size(); ++i) {
      const auto& row = *replies[i];
      if (row.element[0]->type == REDIS_REPLY_NIL) continue;  // Gone meanwhile.
      rows.push_back({.id = NumberOf(TextOf(*found[0], i)),
                      .kind = static_cast<OutboxRow::Kind>(NumberOf(TextOf(row, 0))),
                      .due = {NumberOf(TextOf(row, 1))},
                      .sender_id = std::string(TextOf(row, 2)),
                      .body = std::string(TextOf(row, 3))});
    }
    return rows;
  }

  Status DeleteOutbox(std::span<const MessageId> ids) override {
    std::vector<Command> look;
    for (const auto id : ids) look.push_back({"HMGET", RowKey(IdText(id)), "owner", "name"});
    HOLDFAST_ASSIGN(const auto found, Do(look));
    std::vector<Command> commands = {{"MULTI"}};
    for (std::size_t i = 0; i < ids.size(); ++i) {
      Remove(commands, IdText(ids[i]), TextOf(*found[i], 0), TextOf(*found[i], 1));
    }
    commands.push_back({"EXEC"});
    return Do(commands).status();
  }

  Result<EgressBatch> NextEgress(int stream, std::uint64_t acknowledged) override {
    const auto batch_key = fmt::format("b:{}", stream);
    const auto list_key = fmt::format("e:{}", stream);
    HOLDFAST_ASSIGN(const auto replies, Do({{"HMGET", batch_key, "position", "count"}, {"LLEN", list_key}}));
    auto position = static_cast<std::uint64_t>(NumberOf(TextOf(*replies[0], 0)));
    auto count = NumberOf(TextOf(*replies[0], 1));
    auto waiting = replies[1]->integer;
    if (count > 0 && position <= acknowledged) {
      HOLDFAST_TRY(Do({{"MULTI"}, {"LTRIM", list_key, Text(count), "-1"}, {"DEL", batch_key}, {"EXEC"}}));
      waiting -= std::exchange(count, 0);
    }
    if (count == 0) {
      count = std::min<std::int64_t>(waiting, kMostOutput);
      if (count == 0) return EgressBatch();
      position = acknowledged + 1;
      HOLDFAST_TRY(Do({{"HSET", batch_key, "position", fmt::to_string(position), "count", Text(count)}}));
    }
    HOLDFAST_ASSIGN(const auto records, Do({{"LRANGE", list_key, "0", Text(count - 1)}}));
    EgressBatch batch{position, {}};
    for (std::size_t i = 0; i < records[0]->elements; ++i) batch.records += TextOf(*records[0], i);
    return batch;
  }

  Status Sweep(AppTime /*now*/) override { return {}; }

 private:
  void Disconnect() {
    if (connection_ != nullptr) redisFree(std::exchange(connection_, nullptr));
    named_.clear();
  }

  Status Connect() {
    if (connection_ != nullptr) return {};
    if (SteadyNow() >= next_try_) {
      next_try_ = SteadyNow() + kReconnectInterval;
      connection_ = redisConnectUnixWithTimeout(socket_.c_str(), kTimeout);
    }
    if (connection_ != nullptr && connection_->err == 0) {
      redisSetTimeout(connection_, kTimeout);
      return {};
    }
    Disconnect();
    return MakeError(ErrorCode::kUnavailable, "the database does not answer");
  }

  Error Refused(std::string_view text) {
    Disconnect();
    if (text.starts_with("LOADING") || text.starts_with("EXECABORT") || text.starts_with("BUSY")) {
      return MakeError(ErrorCode::kUnavailable, "the database is not available: {}", text);
    }
    if (text.starts_with("OOM") || text.starts_with("MISCONF")) {
      return MakeError(ErrorCode::kExhausted, "the database is full: {}; make room for it", text);
    }
    return MakeError(ErrorCode::kInternal, "the database refuses a command: {}", text);
  }

  // All at once, and a reply for each.
  Result<std::vector<Reply>> Do(const std::vector<Command>& commands) {
    HOLDFAST_TRY(Connect());
    for (const auto& command : commands) {
      std::vector<const char*> words;
      std::vector<std::size_t> sizes;
      for (const auto& word : command) {
        words.push_back(word.data());
        sizes.push_back(word.size());
      }
      redisAppendCommandArgv(connection_, static_cast<int>(words.size()), words.data(), sizes.data());
    }
    std::vector<Reply> replies;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      void* reply = nullptr;
      if (redisGetReply(connection_, &reply) != REDIS_OK) {
        auto error = MakeError(ErrorCode::kUnavailable, "the database was cut off: {}", connection_->errstr);
        Disconnect();
        return error;
      }
      replies.emplace_back(static_cast<redisReply*>(reply));
      if (replies.back()->type == REDIS_REPLY_ERROR) return Refused(TextOf(*replies.back()));
    }
    return replies;
  }

  Result<std::vector<MessageId>> NewIds(const UnitEnd& end) {
    const auto count = std::ranges::count(end.changes, UnitChange::Kind::kInsert, &UnitChange::kind);
    std::vector<MessageId> ids;
    if (count == 0) return ids;
    HOLDFAST_ASSIGN(const auto replies, Do({{"INCRBY", "ids", Text(count)}}));
    for (auto id = replies[0]->integer - count + 1; id <= replies[0]->integer; ++id) ids.push_back(id);
    return ids;
  }

  void Store(const std::string& record, AppTime expires, std::vector<Command>& commands) const {
    if (record.empty()) return commands.push_back({"DEL", state_key_});
    Command set = {"SET", state_key_, record};
    if (expires != AppTime{}) set.insert(set.end(), {"PXAT", Text(expires.millis)});
    commands.push_back(std::move(set));
  }

  // The row that the token names, be it in the database or among the commands.
  Status Cancel(const OutboxRow& row, std::vector<Command>& commands) {
    const auto name = NameKey(row);
    auto named = named_.find(name);
    if (named == named_.end()) {
      HOLDFAST_ASSIGN(const auto found, Do({{"GET", name}}));
      const std::string id(TextOf(*found[0]));
      std::string owner;
      if (!id.empty()) {
        HOLDFAST_ASSIGN(const auto rows, Do({{"HMGET", RowKey(id), "owner"}}));
        owner = TextOf(*rows[0], 0);
      }
      named = named_.emplace(name, std::pair(id, owner)).first;
    }
    const auto& [id, owner] = named->second;
    if (!id.empty()) Remove(commands, id, owner, name);
    named_.erase(named);
    named_.emplace(name, std::pair<std::string, std::string>());
    return {};
  }

  void Insert(const OutboxRow& row, MessageId id, int owner, std::vector<Command>& commands) {
    const auto member = IdText(id);
    const auto name = row.token.empty() ? std::string() : NameKey(row);
    commands.push_back({"HSET", RowKey(member), "owner", Text(owner), "kind", Text(static_cast<int>(row.kind)), "due",
                        Text(row.due.millis), "sender", row.sender_id, "name", name, "body", row.body});
    const bool delayed = row.due != AppTime{};
    commands.push_back(
        {"ZADD", fmt::format("{}:{}", delayed ? "due" : "now", owner), Text(delayed ? row.due.millis : id), member});
    if (name.empty()) return;
    commands.push_back({"SET", name, member});
    named_[name] = {member, Text(owner)};
  }

  const std::string socket_;
  const std::int64_t retention_ms_;
  redisContext* connection_ = nullptr;
  SteadyTime next_try_;
  UnitStart start_;  // Of the transaction; its address is the caller's to keep.
  std::string state_key_, consumed_;
  std::string row_owner_, row_name_;                                            // Of the row that it consumes.
  std::unordered_map<std::string, std::pair<std::string, std::string>> named_;  // Id and owner, as it leaves them.
};

class RedisDatabase final : public Database {
 public:
  RedisDatabase(const std::string& folder, Duration retention) : socket_(RedisSocket(folder)), retention_(retention) {}

  Status CreateTables() override { return {}; }
  std::unique_ptr<DatabaseSession> NewSession() override { return std::make_unique<RedisSession>(socket_, retention_); }

 private:
  const std::string socket_;
  const Duration retention_;
};

}  // namespace

std::unique_ptr<Database> OpenRedis(const std::string& folder, Duration retention) {
  ::signal(SIGPIPE, SIG_IGN);  // hiredis writes to sockets as if nobody ever closed the other end.
  return std::make_unique<RedisDatabase>(folder, retention);
}

}  // namespace holdfast::two_tier
