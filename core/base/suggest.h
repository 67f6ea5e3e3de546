// "Did you mean ...?" Everyone mistypes a name sooner or later; an error that lists the known ones and points at the
// nearest saves a look into the manual.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace holdfast {

// The known word with the fewest edits (insert, delete, replace, swap of neighbours; case does not count) from `word`,
// or the longest one that is its beginning or that it begins. Empty when none comes near. Ties go to the earlier word.
std::string NearestWord(std::string_view word, std::span<const std::string> known);

// The tail of an error about an unknown word: `known: heap, rocksdb (did you mean rocksdb?)`, or `none is known`.
std::string KnownWords(std::string_view word, std::span<const std::string> known);

}  // namespace holdfast
