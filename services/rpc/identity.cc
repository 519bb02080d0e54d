#include "services/rpc/identity.h"

#include <fmt/format.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <algorithm>
#include <vector>

namespace carecard::rpc {
namespace {

constexpr std::string_view scheme = "carecard://";
constexpr std::string_view every_council = "*";

constexpr std::array<std::string_view, role_count> role_names{"gateway",
                                                              "settlement",
                                                              "support",
                                                              "social_worker",
                                                              "approver",
                                                              "finance",
                                                              "auditor",
                                                              "operator",
                                                              "holder",
                                                              "representative",
                                                              "authorisation-server",
                                                              "settlement-server",
                                                              "batch-signer"};

Fault denied(std::string detail) {
    return {.kind = FaultKind::denied,
            .field = "certificate",
            .detail = std::move(detail),
            .remedy = "use a client certificate made for this service"};
}

bool is_lower_or_digit(char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
}

std::optional<CouncilCode> council_from(std::string_view text) {
    if (text == every_council) return CouncilCode{};
    const bool form = !text.empty() && std::ranges::all_of(text, [](char character) {
        return is_lower_or_digit(character) || character == '-';
    });
    return form ? CouncilCode::from(text) : std::nullopt;
}

std::optional<CallerId> id_from(std::string_view text) {
    static constexpr std::string_view marks = "._-";
    const bool form = !text.empty() && std::ranges::all_of(text, [](char character) {
        const bool capital = character >= 'A' && character <= 'Z';
        return is_lower_or_digit(character) || capital || marks.find(character) != marks.npos;
    });
    return form ? CallerId::from(text) : std::nullopt;
}

/// The text before the next slash, which is taken off `rest` with it.
std::string_view next_part(std::string_view& rest) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    return part;
}

}  // namespace

std::string_view name_of(Role role) { return role_names.at(static_cast<std::size_t>(role)); }

std::optional<Role> role_named(std::string_view name) {
    const auto* const found = std::ranges::find(role_names, name);
    if (found == role_names.end()) return std::nullopt;
    return static_cast<Role>(found - role_names.begin());
}

Result<Identity> parse_identity(std::string_view uri) {
    if (!uri.starts_with(scheme)) return denied("names nobody of this service");
    std::string_view rest = uri.substr(scheme.size());
    const std::optional<CouncilCode> council = council_from(next_part(rest));
    const std::optional<Role> role = role_named(next_part(rest));
    const std::optional<CallerId> id = id_from(rest);
    if (!council) return denied("has a council that is not 1 to 32 of [a-z0-9-], nor *");
    if (!role) return denied("has an unknown role");
    if (!id) return denied("has an id that is not 1 to 64 of [A-Za-z0-9._-]");
    return Identity{.role = *role, .council = *council, .id = *id};
}

std::string to_uri(const Identity& identity) {
    return fmt::format("{}{}/{}/{}", scheme,
                       identity.council.empty() ? every_council : identity.council.view(),
                       name_of(identity.role), identity.id.view());
}

Result<Identity> identity_of(const grpc::AuthContext& peer) {
    if (!peer.IsPeerAuthenticated()) return denied("is missing or was not verified");
    std::optional<std::string_view> ours;
    for (const grpc::string_ref& value : peer.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
        const std::string_view uri(value.data(), value.size());
        if (!uri.starts_with(scheme)) continue;
        if (ours) return denied("names more than one role");
        ours = uri;
    }
    if (!ours) return denied("names nobody of this service");
    return parse_identity(*ours);
}

}  // namespace carecard::rpc
