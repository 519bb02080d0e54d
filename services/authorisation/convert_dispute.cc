#include "services/authorisation/convert_fields.h"
#include "services/authorisation/convert_request.h"
#include "services/rpc/text.h"

namespace carecard::authorisation {
namespace {

/// What the two have in common.
template <class Request, class Command>
void read_named(Fields& fields, const Request& request, const rpc::Identity& caller,
                Command& command) {
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    fields.keep(rpc::parse_authorisation_id(request.authorisation_id(), "authorisation_id"),
                command.authorisation);
}

}  // namespace

Result<rules::Valid<rules::OpenDispute>> to_command(const v1::OpenDisputeRequest& request,
                                                    const rpc::Identity& caller) {
    Fields fields;
    rules::OpenDispute command;
    read_named(fields, request, caller, command);
    command.category = Fields::enumerator<rules::DisputeCategory>(request.category());
    command.provisional = request.provisional();
    if (!request.has_amount()) fields.malformed("amount", "is missing", "fill it in");
    rpc::Price price;
    fields.keep(rpc::parse_money(request.amount(), "amount"), price);
    command.amount = price.amount;
    command.currency = price.currency;
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::CloseDispute>> to_command(const v1::CloseDisputeRequest& request,
                                                     const rpc::Identity& caller) {
    Fields fields;
    rules::CloseDispute command;
    read_named(fields, request, caller, command);
    command.outcome = Fields::enumerator<rules::DisputeOutcome>(request.outcome());
    return std::move(fields).validated(std::move(command));
}

}  // namespace carecard::authorisation
