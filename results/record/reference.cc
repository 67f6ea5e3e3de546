#include <set>
#include <vector>

#include "results/record/run_io.h"
#include "results/record/schema.h"

namespace holdfast::record {
namespace {

using schema::ObjectStyle;

constexpr std::string_view kPreamble = R"(# results.json

What every field of a run record means. One run of a suite leaves one folder `results/runs/<id>/` with this file; the
report page, the comparison and your own scripts read nothing else. Generated from `results/record/schema.h`.

Times are seconds on the point's own clock, whose zero is the first intended instant of the measured window; warm-up is
negative. All fields are always present; `null` is allowed only where the type says *or null*. Seeds are strings because
JSON numbers hold 53 bits in many languages. Histograms decode with any HdrHistogram library.
)";

std::string Anchor(std::string_view name) {
  std::string anchor(name);
  for (auto& c : anchor) c = c == ' ' ? '-' : c;
  return anchor;
}

// Finds out under which name an object describes itself.
struct NameOf {
  std::string_view name;
  void Object(std::string_view n, std::string_view, ObjectStyle) { name = n; }
  template <class T>
  void Field(std::string_view, std::string_view, std::string_view, T&) {}
};

// Writes one section per kind of object, the outer before the inner.
class ReferenceWriter {
 public:
  template <class T>
  void Section() {
    T sample{};
    schema::Describe(*this, sample);
  }
  void Object(std::string_view name, std::string_view sentence, ObjectStyle) {
    done_.insert(std::string(name));
    text_ +=
        fmt::format("\n## {}\n\n{}\n\n| field | type | unit | meaning |\n| --- | --- | --- | --- |\n", name, sentence);
  }
  template <class T>
  void Field(std::string_view name, std::string_view unit, std::string_view sentence, T&) {
    text_ += fmt::format("| `{}` | {} | {} | {} |\n", name, Type(static_cast<T*>(nullptr)), unit, sentence);
  }
  std::string Take() {
    for (std::size_t i = 0; i < waiting_.size(); ++i) (this->*waiting_[i])();
    return std::string(kPreamble) + text_;
  }

 private:
  template <class T>
  std::string Type(T*) {
    if constexpr (std::same_as<T, bool>)
      return "boolean";
    else if constexpr (std::same_as<T, std::uint64_t>)
      return "string (integer)";
    else if constexpr (std::integral<T>)
      return "integer";
    else if constexpr (std::same_as<T, double>)
      return "number";
    else if constexpr (std::same_as<T, std::string>)
      return "string";
    else if constexpr (std::same_as<T, NamedValues>)
      return "object of strings";
    else if constexpr (std::is_enum_v<T>)
      return "word";
    else
      return Link<T>();
  }
  template <class T>
  std::string Type(std::optional<T>*) {
    return Type(static_cast<T*>(nullptr)) + " or null";
  }
  template <class T>
  requires(!std::same_as<std::vector<T>, NamedValues>) std::string Type(std::vector<T>*) {
    return "list of " + Type(static_cast<T*>(nullptr));
  }
  template <class T>
  std::string Link() {
    NameOf visitor;
    T sample{};
    schema::Describe(visitor, sample);
    if (done_.insert(std::string(visitor.name)).second) waiting_.push_back(&ReferenceWriter::Section<T>);
    return fmt::format("[{}](#{})", visitor.name, Anchor(visitor.name));
  }

  std::string text_;
  std::set<std::string> done_;
  std::vector<void (ReferenceWriter::*)()> waiting_;
};

}  // namespace

std::string ResultsReferenceMarkdown() {
  ReferenceWriter writer;
  writer.Section<Run>();
  return writer.Take();
}

}  // namespace holdfast::record
