#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/id.h"
#include "common/result.h"

namespace grpc {
class AuthContext;
}

namespace carecard::rpc {

/// What a certificate makes of its holder. One certificate has one role.
enum class Role : std::uint8_t {
    gateway,
    settlement,
    support,
    social_worker,
    approver,
    finance,
    auditor,
    operator_,
    holder,
    representative,
    authorisation_server,
    settlement_server,
    batch_signer,
};
inline constexpr std::size_t role_count = 13;

/// The role's name in a certificate, e.g. "social_worker" or "batch-signer".
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);

/// Who calls, as the client certificate says, and nobody else.
struct Identity {
    Role role = Role::holder;
    CouncilCode council;  ///< Empty: every council.
    CallerId id;          ///< Unique for the journal, e.g. "finance-1".
    friend bool operator==(const Identity&, const Identity&) = default;
};

/// Reads an identity from the URI that a certificate carries as a subject alternative name:
///
///     carecard://COUNCIL/ROLE/ID
///
/// COUNCIL is 1 to 32 of [a-z0-9-], or * for every council; ROLE is a `name_of`; ID is 1 to 64 of
/// [A-Za-z0-9._-]. Nothing may follow.
/// @return `denied` on field "certificate" for any other text.
[[nodiscard]] Result<Identity> parse_identity(std::string_view uri);

/// The URI that `parse_identity` reads as `identity`.
[[nodiscard]] std::string to_uri(const Identity& identity);

/// Reads the identity of the peer of a call.
///
/// @param peer  of a connection whose certificate was verified (see credentials.h).
/// @return `denied` on field "certificate" when the peer was not authenticated, or its certificate
///         has not exactly one carecard URI, or one that is not of the form.
[[nodiscard]] Result<Identity> identity_of(const grpc::AuthContext& peer);

}  // namespace carecard::rpc
