#include "tests/scenarios/phrases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "tests/scenarios/sheet.h"

namespace carecard::scenarios {

bool Phrases::take(std::string_view words) {
    known_.emplace(words);
    const auto found = std::ranges::find(phrases_, words);
    if (found == phrases_.end()) return false;
    phrases_.erase(found);
    return true;
}

std::optional<std::string> Phrases::take_after(std::string_view words, std::string_view what) {
    known_.insert(fmt::format("{} {}", words, what));
    const std::string start = std::string(words) + ' ';
    const auto found = std::ranges::find_if(
        phrases_, [&](const std::string& phrase) { return phrase.starts_with(start); });
    if (found == phrases_.end()) return std::nullopt;
    std::string rest = found->substr(start.size());
    phrases_.erase(found);
    return rest;
}

std::optional<std::string> Phrases::take_before(std::string_view words, std::string_view what) {
    known_.insert(fmt::format("{} {}", what, words));
    const std::string end = ' ' + std::string(words);
    const auto found = std::ranges::find_if(
        phrases_, [&](const std::string& phrase) { return phrase.ends_with(end); });
    if (found == phrases_.end()) return std::nullopt;
    std::string rest = found->substr(0, found->size() - end.size());
    phrases_.erase(found);
    return rest;
}

std::optional<std::string> Phrases::take_first() {
    if (phrases_.empty()) return std::nullopt;
    std::string first = std::move(phrases_.front());
    phrases_.erase(phrases_.begin());
    return first;
}

Result<Done> Phrases::all_taken() const {
    if (phrases_.empty()) return Done{};
    if (known_.empty()) {
        return mistake(fmt::format("\"{}\" is too much here", phrases_.front()), "leave it out");
    }
    return mistake(fmt::format("\"{}\" is not understood here", phrases_.front()),
                   fmt::format("write one of: {}", fmt::join(known_, "; ")));
}

}  // namespace carecard::scenarios
