// PostgreSQL through libpqxx: one statement after the other, as most services talk to it.
#include <pqxx/pqxx>

#include "engines/steady_now.h"
#include "engines/two-tier/database.h"

namespace holdfast::two_tier {
namespace {

constexpr const char* kTables = R"(
CREATE TABLE state (function int NOT NULL, id bytea NOT NULL, record bytea NOT NULL, expires bigint,
                    PRIMARY KEY (function, id));
CREATE INDEX state_expires ON state (expires) WHERE expires IS NOT NULL;
CREATE TABLE processed (message bigint PRIMARY KEY, at bigint NOT NULL);
CREATE INDEX processed_at ON processed (at);
CREATE TABLE outbox (id bigserial PRIMARY KEY, owner int NOT NULL, kind int NOT NULL, due bigint NOT NULL,
                     sender bytea NOT NULL, token bytea, body bytea NOT NULL);
CREATE INDEX outbox_due ON outbox (owner, due, id);
CREATE INDEX outbox_token ON outbox (sender, token) WHERE token IS NOT NULL;
CREATE TABLE egress (id bigserial PRIMARY KEY, stream int NOT NULL, position bigint, record bytea NOT NULL);
CREATE INDEX egress_stream ON egress (stream, id);
)";

constexpr Duration kReconnectInterval = std::chrono::milliseconds(100);

struct Statement {
  const char* name;
  const char* text;
};
constexpr Statement kStatements[] = {
    {"mark", "INSERT INTO processed (message, at) VALUES ($1, $2) ON CONFLICT DO NOTHING"},
    {"take", "DELETE FROM outbox WHERE id = $1"},
    {"load", "SELECT record FROM state WHERE function = $1 AND id = $2 FOR UPDATE"},
    {"add", "INSERT INTO state (function, id, record, expires) VALUES ($1, $2, $3, nullif($4::bigint, 0))"},
    {"set", "UPDATE state SET record = $3, expires = nullif($4::bigint, 0) WHERE function = $1 AND id = $2"},
    {"erase", "DELETE FROM state WHERE function = $1 AND id = $2"},
    {"cancel", "DELETE FROM outbox WHERE sender = $1 AND token = $2"},
    {"insert",
     "INSERT INTO outbox (owner, kind, due, sender, token, body) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"},
    {"emit", "INSERT INTO egress (stream, record) VALUES ($1, $2)"},
    {"read-now",
     "SELECT id, kind, due, sender, body FROM outbox WHERE owner = $1 AND due = 0 AND $2::bigint IS NOT NULL "
     "ORDER BY id LIMIT $3"},
    {"read-due",
     "SELECT id, kind, due, sender, body FROM outbox WHERE owner = $1 AND due > 0 AND due <= $2 ORDER BY due, id "
     "LIMIT $3"},
    {"delete", "DELETE FROM outbox WHERE id = ANY($1::bigint[])"},
    {"forget", "DELETE FROM egress WHERE stream = $1 AND position <= $2"},
    {"positioned", "SELECT position, record FROM egress WHERE stream = $1 AND position IS NOT NULL ORDER BY id"},
    {"fresh", "SELECT id, record FROM egress WHERE stream = $1 AND position IS NULL ORDER BY id LIMIT 1000"},
    {"position", "UPDATE egress SET position = $2 WHERE id = ANY($1::bigint[])"},
    {"sweep-state", "DELETE FROM state WHERE expires <= $1"},
    {"sweep-marks", "DELETE FROM processed WHERE at < $1"},
};

pqxx::binarystring Bytes(std::string_view bytes) { return pqxx::binarystring(bytes.data(), bytes.size()); }
std::string TextOf(const pqxx::field& field) { return pqxx::binarystring(field).str(); }

std::string ArrayOf(std::span<const MessageId> ids) { return fmt::format("{{{}}}", fmt::join(ids, ",")); }

// The server says what is wrong in several lines; the first one is the sentence.
std::string FirstLine(std::string_view text) {
  constexpr std::string_view kLevel = "ERROR:  ";
  if (text.starts_with(kLevel)) text.remove_prefix(kLevel.size());
  return std::string(text.substr(0, text.find('\n')));
}

Error ErrorOf(const pqxx::sql_error& error) {
  const auto& state = error.sqlstate();
  constexpr std::string_view kDiskFull = "53100";
  if (state == kDiskFull) {
    return MakeError(ErrorCode::kExhausted, "the database is full: {}; make room on its disk", FirstLine(error.what()));
  }
  // Connections, resources, rollbacks and operator's doing pass; so does a row that a cut-off session is still adding.
  for (const auto passing : {"08", "40", "53", "57", "23505"}) {
    if (state.starts_with(passing)) {
      return MakeError(ErrorCode::kUnavailable, "the database is not available: {}", FirstLine(error.what()));
    }
  }
  return MakeError(ErrorCode::kInternal, "the database refuses a statement: {} (SQLSTATE {})", FirstLine(error.what()),
                   state);
}

class PostgresSession final : public DatabaseSession {
 public:
  PostgresSession(std::string where, Duration retention)
      : where_(std::move(where)), retention_(std::chrono::duration_cast<std::chrono::milliseconds>(retention)) {}

  Result<std::optional<std::string>> Begin(const UnitStart& start) override {
    return Try([&]() -> std::optional<std::string> {
      work_.emplace(Connected());
      if (!Consumed(start)) {
        work_.reset();
        return std::nullopt;
      }
      function_ = start.self.type.value;
      id_ = start.self.id;
      const auto rows = work_->exec_prepared("load", function_, Bytes(id_));
      stored_ = !rows.empty();
      return stored_ ? TextOf(rows[0][0]) : std::string();
    });
  }

  Result<std::vector<MessageId>> Commit(const UnitEnd& end) override {
    return Try([&] {
      std::vector<MessageId> ids;
      if (end.record) Store(*end.record, end.expires);
      for (const auto& change : end.changes) Apply(change, end.owner, ids);
      work_->commit();
      work_.reset();
      return ids;
    });
  }

  void Abort() override {
    Try([&] {
      work_.reset();
      return 0;
    })
        .status()
        .Ignore();
  }

  Result<std::vector<OutboxRow>> ReadOutbox(int owner, bool delayed, AppTime now, std::size_t most) override {
    return Try([&] {
      pqxx::nontransaction work(Connected());
      std::vector<OutboxRow> found;
      for (const auto& row : work.exec_prepared(delayed ? "read-due" : "read-now", owner, now.millis, most)) {
        found.push_back({.id = row[0].as<MessageId>(),
                         .kind = static_cast<OutboxRow::Kind>(row[1].as<int>()),
                         .due = {row[2].as<std::int64_t>()},
                         .sender_id = TextOf(row[3]),
                         .body = TextOf(row[4])});
      }
      return found;
    });
  }

  Status DeleteOutbox(std::span<const MessageId> ids) override {
    return Try([&] {
             pqxx::nontransaction work(Connected());
             work.exec_prepared("delete", ArrayOf(ids));
             return 0;
           })
        .status();
  }

  Result<EgressBatch> NextEgress(int stream, std::uint64_t acknowledged) override {
    return Try([&] {
      work_.emplace(Connected());
      work_->exec_prepared("forget", stream, acknowledged);
      EgressBatch batch;
      // One that had its position before this process began, and did not reach the sink.
      for (const auto& row : work_->exec_prepared("positioned", stream)) {
        batch.position = row[0].as<std::uint64_t>();
        batch.records += TextOf(row[1]);
      }
      if (batch.records.empty()) Position(stream, acknowledged + 1, batch);
      work_->commit();
      work_.reset();
      return batch;
    });
  }

  Status Sweep(AppTime now) override {
    return Try([&] {
             pqxx::nontransaction work(Connected());
             work.exec_prepared("sweep-state", now.millis);
             work.exec_prepared("sweep-marks", now.millis - retention_.count());
             return 0;
           })
        .status();
  }

 private:
  // After a failure not at once again: a database that recovers must not be kept busy with turning people away.
  pqxx::connection& Connected() {
    if (!connection_) {
      if (SteadyNow() < next_try_) throw pqxx::broken_connection("it was cut off a moment ago");
      next_try_ = SteadyNow() + kReconnectInterval;
      connection_.emplace(where_);
      for (const auto& statement : kStatements) connection_->prepare(statement.name, statement.text);
    }
    return *connection_;
  }

  // Does it, and turns what libpqxx throws into an error, after which there is no transaction.
  template <class Do>
  auto Try(Do what) -> Result<decltype(what())> {
    try {
      return what();
    } catch (const pqxx::broken_connection& error) {
      Disconnect();
      return MakeError(ErrorCode::kUnavailable, "the database does not answer: {}", FirstLine(error.what()));
    } catch (const pqxx::in_doubt_error& error) {
      Disconnect();
      return MakeError(ErrorCode::kUnavailable, "the database was cut off while it committed: {}",
                       FirstLine(error.what()));
    } catch (const pqxx::sql_error& error) {
      auto mine = ErrorOf(error);
      Disconnect();
      return mine;
    } catch (const std::exception& error) {
      Disconnect();
      return MakeError(ErrorCode::kInternal, "the database session failed: {}", error.what());
    }
  }

  void Disconnect() {
    try {
      work_.reset();
      connection_.reset();
    } catch (const std::exception&) {  // It is gone either way.
      connection_.reset();
    }
  }

  bool Consumed(const UnitStart& start) {
    if (start.consume == Consume::kNothing) return true;
    const auto result = start.consume == Consume::kMark ? work_->exec_prepared("mark", start.message, start.now.millis)
                                                        : work_->exec_prepared("take", start.message);
    return result.affected_rows() == 1;
  }

  void Store(const std::string& record, AppTime expires) {
    if (record.empty()) {
      if (stored_) work_->exec_prepared("erase", function_, Bytes(id_));
      return;
    }
    work_->exec_prepared(stored_ ? "set" : "add", function_, Bytes(id_), Bytes(record), expires.millis);
  }

  void Apply(const UnitChange& change, int owner, std::vector<MessageId>& ids) {
    const auto& row = change.row;
    if (change.kind == UnitChange::Kind::kEmit) {
      work_->exec_prepared("emit", owner, Bytes(change.egress_record));
      return;
    }
    if (!row.token.empty()) work_->exec_prepared("cancel", Bytes(row.sender_id), Bytes(row.token));
    if (change.kind == UnitChange::Kind::kCancel) return;
    const auto kind = static_cast<int>(row.kind);
    const auto sender = Bytes(row.sender_id);
    const auto body = Bytes(row.body);
    const auto inserted =
        row.token.empty() ? work_->exec_prepared("insert", owner, kind, row.due.millis, sender, nullptr, body)
                          : work_->exec_prepared("insert", owner, kind, row.due.millis, sender, Bytes(row.token), body);
    ids.push_back(inserted[0][0].as<MessageId>());
  }

  void Position(int stream, std::uint64_t position, EgressBatch& batch) {
    std::vector<MessageId> ids;
    for (const auto& row : work_->exec_prepared("fresh", stream)) {
      ids.push_back(row[0].as<MessageId>());
      batch.records += TextOf(row[1]);
    }
    if (ids.empty()) return;
    batch.position = position;
    work_->exec_prepared("position", ArrayOf(ids), position);
  }

  const std::string where_;
  const std::chrono::milliseconds retention_;
  SteadyTime next_try_;
  std::optional<pqxx::connection> connection_;
  std::optional<pqxx::work> work_;
  int function_ = 0;  // The address of the transaction,
  std::string id_;
  bool stored_ = false;  // and whether it has a row.
};

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(const std::string& folder, Duration retention)
      : retention_(retention),
        where_(fmt::format("host='{}' user=postgres dbname=postgres connect_timeout=10", folder)) {}

  Status CreateTables() override {
    try {
      pqxx::connection connection(where_);
      pqxx::work work(connection);
      work.exec(kTables);
      work.commit();
      return {};
    } catch (const std::exception& error) {
      return MakeError(ErrorCode::kUnavailable, "cannot make the tables: {}", FirstLine(error.what()));
    }
  }
  std::unique_ptr<DatabaseSession> NewSession() override {
    return std::make_unique<PostgresSession>(where_, retention_);
  }

 private:
  const Duration retention_;
  const std::string where_;
};

}  // namespace

std::unique_ptr<Database> OpenPostgres(const std::string& folder, Duration retention) {
  return std::make_unique<PostgresDatabase>(folder, retention);
}

}  // namespace holdfast::two_tier
