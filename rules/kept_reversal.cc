#include "rules/kept_reversal.h"

namespace carecard::rules {

std::optional<FullNames> full_names_of(const OriginalReference& reference) {
    FullNames names;
    if (!reference.request_key.empty()) {
        names.caller = reference.caller;
        names.request_key = reference.request_key;
    }
    if (reference.identity.has_trace()) names.identity = reference.identity;
    names.identity.network_transaction_id = reference.identity.network_transaction_id;
    if (names == FullNames{}) return std::nullopt;
    return names;
}

bool names_payment(const FullNames& names, const Request& request,
                   const NetworkIdentity& identity) {
    if (!names.request_key.empty() && names.caller == request.caller &&
        names.request_key == request.key) {
        return true;
    }
    const InlineText<15>& network = names.identity.network_transaction_id;
    if (!network.empty() && network == identity.network_transaction_id) return true;
    return names.identity.has_trace() && names.identity.same_trace(identity);
}

}  // namespace carecard::rules
