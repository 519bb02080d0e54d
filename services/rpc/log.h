#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace carecard::rpc {

/// Writes one line to stderr: "carecard-settlement: batch_closed number=4 ...".
///
/// For operators: what happened and its numbers. Never a card number, PIN, key, personal name or
/// free text that came from outside.
template <class... Args>
void log(std::string_view program, fmt::format_string<Args...> format, Args&&... args) {
    std::string line = fmt::format("{}: ", program);
    fmt::format_to(std::back_inserter(line), format, std::forward<Args>(args)...);
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace carecard::rpc
