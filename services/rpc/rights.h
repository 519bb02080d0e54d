#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "common/result.h"
#include "services/rpc/identity.h"

namespace carecard::rpc {

/// Some roles.
class Roles {
   public:
    constexpr Roles(std::initializer_list<Role> roles) {
        for (const Role role : roles) bits_ |= bit(role);
    }
    [[nodiscard]] constexpr bool has(Role role) const { return (bits_ & bit(role)) != 0; }

   private:
    static constexpr std::uint32_t bit(Role role) { return 1U << static_cast<unsigned>(role); }

    std::uint32_t bits_ = 0;
};

/// One line of the table of rights.
struct Right {
    std::string_view method;  ///< "carecard.v1.AdminService/LoadPurse"
    Roles roles;              ///< Who may call it. Never empty.
};

/// The whole table: one line for each RPC of the project. Lives as long as the program.
[[nodiscard]] std::span<const Right> rights();

/// Checks that `identity` may call `method`. The council is not looked at here: what is not the
/// caller's to see is not found.
///
/// @param method  full name, with or without the leading slash of gRPC.
/// @return `denied` on field "certificate", whose detail names the role the caller has, the RPC and
///         the roles that may call it; also when the table has no such method.
/// Cost: a few string comparisons; a front that serves one method looks its `Roles` up once.
[[nodiscard]] Result<Done> check_right(std::string_view method, const Identity& identity);

/// Who calls, if the peer's certificate gives the right to call `method`.
/// @return `denied` on field "certificate", as `identity_of` and `check_right` say.
[[nodiscard]] Result<Identity> allowed_caller(const grpc::AuthContext& peer,
                                              std::string_view method);

/// The roles that may call `method`, by name, separated by commas: the "right" of a denial's
/// details (see `to_status`). Empty when the table has no such method.
[[nodiscard]] std::string roles_with_right(std::string_view method);

}  // namespace carecard::rpc
