#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace carecard::end_to_end {

/// Whose things a request speaks of. The default: those of the council riverdale that the test
/// has made.
struct Names {
    std::string council = "riverdale";
    std::string programme = "care";
    std::string account = "A1";
    std::string card_token;
    std::uint32_t card_id = 1;
    std::string authorisation_id;
    std::uint64_t batch = 1;
};

enum class Port : unsigned char { front, back, settlement };

/// Whether a request names something that is some council's.
enum class Speaks : unsigned char { of_a_councils, of_the_journal };

/// One RPC, or one way to use it, in the table of roles.
struct Row {
    std::string_view method;  ///< "carecard.v1.AdminService/LoadPurse"
    Port port;
    /// A complete and valid request. @param number  is never given twice.
    std::string (*request)(const Names& names, unsigned number);
    Speaks speaks = Speaks::of_a_councils;
    // What callers with the right hear:
    grpc::StatusCode own = grpc::StatusCode::OK;    ///< One council's, about its own things.
    grpc::StatusCode every = grpc::StatusCode::OK;  ///< Every council's, about the same.
    grpc::StatusCode absent = grpc::StatusCode::NOT_FOUND;  ///< One council's, about nothing.
};

/// Every RPC of the contract has a row here, or several.
[[nodiscard]] std::span<const Row> role_rows();

}  // namespace carecard::end_to_end
