#include "engines/two-tier/http_client.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <deque>
#include <vector>

namespace holdfast::two_tier {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Local = asio::local::stream_protocol;

struct HttpClient::Impl : std::enable_shared_from_this<Impl> {
  class Connection;
  struct Call {
    HttpRequest request;
    std::function<void(HttpReply)> done;
  };

  Impl(asio::io_context& on, Options how) : context(on), options(std::move(how)) {}
  void Start();

  asio::io_context& context;
  const Options options;
  bool closed = false;
  std::size_t open = 0;
  std::vector<std::shared_ptr<Connection>> idle;
  std::deque<Call> waiting;
};

// Owned by what it waits for, or idle.
class HttpClient::Impl::Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(std::shared_ptr<Impl> client) : client_(std::move(client)), stream_(client_->context) {}

  void Carry(Call call) {
    call_ = std::move(call);
    request_ = {};
    request_.method(http::verb::post);
    request_.target(call_.request.path);
    request_.set(http::field::host, "localhost");
    if (!call_.request.key.empty()) request_.set("Idempotency-Key", call_.request.key);
    if (call_.request.depth != 0) request_.set("Depth", std::to_string(call_.request.depth));
    request_.body() = std::move(call_.request.body);
    request_.prepare_payload();
    stream_.expires_after(client_->options.timeout);
    if (connected_) return Write();
    stream_.async_connect(Local::endpoint(client_->options.path), [self = shared_from_this()](beast::error_code error) {
      if (error) return self->Fail(error);
      self->connected_ = true;
      self->Write();
    });
  }

 private:
  void Write() {
    http::async_write(stream_, request_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (error) return self->Fail(error);
      self->Read();
    });
  }
  void Read() {
    response_ = {};
    http::async_read(stream_, buffer_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (error) return self->Fail(error);
      self->Finish({self->response_.result_int(), std::move(self->response_.body())}, self->response_.keep_alive());
    });
  }
  void Fail(beast::error_code error) { Finish({0, error.message()}, false); }
  void Finish(HttpReply reply, bool again) {
    const auto done = std::move(call_.done);
    const auto client = client_;
    if (again) {
      stream_.expires_never();
      client->idle.push_back(shared_from_this());
    } else {
      --client->open;
      client_.reset();
    }
    if (client->closed) return;
    done(std::move(reply));
    client->Start();
  }

  std::shared_ptr<Impl> client_;
  beast::basic_stream<Local> stream_;
  bool connected_ = false;
  beast::flat_buffer buffer_;
  Call call_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void HttpClient::Impl::Start() {
  while (!waiting.empty() && !closed) {
    if (idle.empty() && open >= options.connections) return;
    std::shared_ptr<Connection> connection;
    if (idle.empty()) {
      ++open;
      connection = std::make_shared<Connection>(shared_from_this());
    } else {
      connection = std::move(idle.back());
      idle.pop_back();
    }
    auto call = std::move(waiting.front());
    waiting.pop_front();
    connection->Carry(std::move(call));
  }
}

HttpClient::HttpClient(EventLoop& loop, Options options)
    : impl_(std::make_shared<Impl>(loop.context(), std::move(options))) {}

HttpClient::~HttpClient() {
  impl_->closed = true;
  impl_->waiting.clear();
  impl_->idle.clear();
}

void HttpClient::Post(HttpRequest request, std::function<void(HttpReply reply)> done) {
  impl_->waiting.push_back({std::move(request), std::move(done)});
  impl_->Start();
}

}  // namespace holdfast::two_tier
