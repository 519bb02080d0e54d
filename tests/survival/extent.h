#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace carecard::survival {

/// How far a test goes, from its environment.
struct Extent {
    std::uint64_t seed = 1;   ///< CARECARD_SEED: the first one tried.
    std::uint64_t share = 1;  ///< CARECARD_SURVIVAL_SHARE: only one part in so many is done.
};

inline Extent extent() {
    const auto number = [](const char* name, std::uint64_t otherwise) {
        const char* text = std::getenv(name);
        return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
    };
    return {.seed = number("CARECARD_SEED", 1),
            .share = std::max<std::uint64_t>(1, number("CARECARD_SURVIVAL_SHARE", 1))};
}

}  // namespace carecard::survival
