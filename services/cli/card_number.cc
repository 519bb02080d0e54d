#include "services/cli/card_number.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <utility>

#include "common/pan.h"
#include "common/pan_token.h"
#include "common/secret_text.h"

namespace carecard::cli {
namespace {

constexpr std::size_t key_text_bytes_max = 80;  ///< 64 digits and the ends of some lines.

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Fault key_fault(FaultKind kind, std::string detail, std::string remedy) {
    return {.kind = kind,
            .field = "token_key",
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}

}  // namespace

Result<Secret> read_token_key(const std::string& directory) {
    const std::string path = directory + "/token-1.key";
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) {
        return key_fault(FaultKind::not_found, fmt::format("there is no file {}", path),
                         "give the directory made by carecard-certificates as --certificates");
    }
    if ((status.st_mode & 077U) != 0) {
        return key_fault(FaultKind::denied, fmt::format("{} may be read by others", path),
                         fmt::format("run: chmod 600 {}", path));
    }
    // One byte more than is read as a key, so that what is too long shows.
    std::array<char, key_text_bytes_max + 1> text{};
    std::ifstream file(path, std::ios::binary);
    file.read(text.data(), text.size());
    std::optional<Secret> key =
        secret_from_hex({text.data(), static_cast<std::size_t>(file.gcount())});
    OPENSSL_cleanse(text.data(), text.size());
    if (!key) {
        return key_fault(FaultKind::malformed, fmt::format("{} is not 64 hexadecimal digits", path),
                         "make the keys with carecard-certificates");
    }
    return *std::move(key);
}

std::string token_of(const Secret& key, std::string_view pan) {
    return to_text(card_token(token_key_id, key, pan));
}

std::string test_card_number(std::uint32_t serial, std::string_view last_four) {
    CHECK(serial < test_card_serials);
    CHECK(last_four.size() == 4);
    CHECK(all_digits(last_four));
    std::string number = fmt::format("999999{:05}0{}", serial, last_four);
    constexpr std::size_t adjuster = 11;
    while (!luhn_holds(number)) {
        ++number[adjuster];
        CHECK(number[adjuster] <= '9');
    }
    return number;
}

bool is_card_number(std::string_view text) {
    return text.size() >= 13 && text.size() <= 19 && all_digits(text) && luhn_holds(text);
}

}  // namespace carecard::cli
