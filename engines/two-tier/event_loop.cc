#include "engines/two-tier/event_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace holdfast::two_tier {

namespace asio = boost::asio;

struct EventLoop::Impl {
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::Post(std::function<void()> task) { asio::post(impl_->context, std::move(task)); }

void EventLoop::After(Duration delay, std::function<void()> task) {
  const auto timer = std::make_shared<asio::steady_timer>(impl_->context, delay);
  timer->async_wait([timer, task = std::move(task)](const boost::system::error_code& error) {
    if (!error) task();
  });
}

void EventLoop::Run() { impl_->context.run(); }
void EventLoop::Stop() { impl_->context.stop(); }

void EventLoop::RunFor(Duration most) {
  if (most > Duration::zero()) impl_->context.run_one_for(most);
  impl_->context.poll();
}

asio::io_context& EventLoop::context() { return impl_->context; }

}  // namespace holdfast::two_tier
