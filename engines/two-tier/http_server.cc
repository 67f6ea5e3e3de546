#include "engines/two-tier/http_server.h"

#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <optional>

namespace holdfast::two_tier {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Local = asio::local::stream_protocol;

namespace {

constexpr std::uint64_t kMostBody = std::uint64_t{256} << 20;

unsigned DepthOf(beast::string_view header) {
  unsigned depth = 0;
  std::from_chars(header.data(), header.data() + header.size(), depth);
  return depth;
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
  class Connection;

  explicit Impl(asio::io_context& on) : context(on), acceptor(on) {}
  void Accept();

  asio::io_context& context;
  Local::acceptor acceptor;
  Handler handler;
};

// Owned by what it waits for.
class HttpServer::Impl::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Impl> server, Local::socket socket)
      : server_(std::move(server)), socket_(std::move(socket)) {}

  void Read() {
    parser_.emplace();
    parser_->body_limit(kMostBody);
    http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->Handle();
    });
  }

 private:
  void Handle() {
    if (!server_->handler) return;
    auto message = parser_->release();
    HttpRequest request{std::string(message.target()), std::string(message["Idempotency-Key"]),
                        std::move(message.body()), DepthOf(message["Depth"])};
    server_->handler(std::move(request), [self = shared_from_this()](HttpReply reply) {
      asio::post(self->server_->context, [self, reply = std::move(reply)]() mutable { self->Write(std::move(reply)); });
    });
  }
  void Write(HttpReply reply) {
    if (reply.status == 0) {
      beast::error_code ignored;
      socket_.close(ignored);
      return;
    }
    response_ = {};
    response_.result(reply.status);
    response_.body() = std::move(reply.body);
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->Read();
    });
  }

  std::shared_ptr<Impl> server_;
  Local::socket socket_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

void HttpServer::Impl::Accept() {
  acceptor.async_accept([self = shared_from_this()](beast::error_code error, Local::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) std::make_shared<Connection>(self, std::move(socket))->Read();
    self->Accept();
  });
}

Result<std::unique_ptr<HttpServer>> HttpServer::Listen(EventLoop& loop, const std::string& path, Handler handler) {
  const auto impl = std::make_shared<Impl>(loop.context());
  impl->handler = std::move(handler);
  ::unlink(path.c_str());
  try {
    impl->acceptor.open();
    impl->acceptor.bind(Local::endpoint(path));
    impl->acceptor.listen();
  } catch (const std::exception& error) {
    return MakeError(ErrorCode::kUnavailable, "cannot listen at {}: {}", path, error.what());
  }
  impl->Accept();
  return std::unique_ptr<HttpServer>(new HttpServer(impl));
}

HttpServer::~HttpServer() {
  impl_->handler = nullptr;
  beast::error_code ignored;
  impl_->acceptor.close(ignored);
}

}  // namespace holdfast::two_tier
