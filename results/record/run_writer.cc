#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <cmath>
#include <vector>

#include "results/record/run_io.h"
#include "results/record/schema.h"

namespace holdfast::record {
namespace {

using schema::ObjectStyle;

// Indents blocks, keeps rows on one line, so that the file can be read and compared by people too.
class Writer {
 public:
  template <class T>
  void Value(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      out_ += value ? "true" : "false";
    } else if constexpr (std::same_as<T, std::uint64_t>) {
      out_ += fmt::format("\"{}\"", value);  // As text: JSON numbers hold 53 bits in many languages.
    } else if constexpr (std::integral<T>) {
      out_ += fmt::format("{}", value);
    } else if constexpr (std::same_as<T, double>) {
      Number(value);
    } else if constexpr (std::same_as<T, std::string>) {
      Text(value);
    } else if constexpr (std::same_as<T, Verdict>) {
      Text(VerdictWord(value));
    } else if constexpr (std::same_as<T, Validity>) {
      Text(ValidityWord(value));
    } else {
      Struct(value);
    }
  }
  template <class T>
  void Value(const std::optional<T>& value) {
    if (value) return Value(*value);
    out_ += "null";
  }
  template <class T>
  void Value(const std::vector<T>& values) {
    if (values.empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    depth_ += 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      NewLine();
      path_.push_back(fmt::format("[{}]", i));
      Value(values[i]);
      path_.pop_back();
    }
    depth_ -= 1;
    NewLine();
    out_ += ']';
  }
  void Value(const NamedValues& values) {
    out_ += '{';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ", ";
      Text(values[i].first);
      out_ += ": ";
      Text(values[i].second);
    }
    out_ += '}';
  }

  void Object(std::string_view, std::string_view, ObjectStyle style) { row_ = row_ || style == ObjectStyle::kRow; }
  template <class T>
  void Field(std::string_view name, std::string_view, std::string_view, const T& member) {
    if (!std::exchange(first_, false)) out_ += row_ ? ", " : ",";
    if (!row_) NewLine();
    out_ += fmt::format("\"{}\": ", name);
    path_.push_back(fmt::format(".{}", name));
    Value(member);
    path_.pop_back();
  }

  Result<std::string> Take() {
    if (!error_.empty()) return MakeError(ErrorCode::kInvalidArgument, "run record: {} is not a finite number", error_);
    return std::move(out_);
  }

 private:
  template <class T>
  void Struct(const T& value) {
    const bool outer_row = row_, outer_first = std::exchange(first_, true);
    out_ += '{';
    depth_ += 1;
    schema::Describe(*this, value);
    depth_ -= 1;
    if (!row_) NewLine();
    out_ += '}';
    row_ = outer_row;
    first_ = outer_first;
  }
  void Number(double value) {
    if (std::isfinite(value)) {
      out_ += fmt::format("{:.12g}", value);  // More digits than any of our clocks has.
    } else if (error_.empty()) {
      error_ = fmt::format("{}", fmt::join(path_, "")).substr(1);
    }
  }
  void Text(std::string_view text) {
    out_ += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
  }
  void NewLine() {
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  std::string out_, error_;
  std::vector<std::string> path_;
  std::size_t depth_ = 0;
  bool row_ = false, first_ = true;
};

}  // namespace

Result<std::string> RunToJson(const Run& run) {
  Writer writer;
  writer.Value(run);
  HOLDFAST_ASSIGN(auto text, writer.Take());
  text += '\n';
  return text;
}

}  // namespace holdfast::record
