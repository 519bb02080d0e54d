#include "services/authorisation/convert_fields.h"
#include "services/authorisation/convert_request.h"
#include "services/rpc/text.h"

namespace carecard::authorisation {
namespace {

/// What the three have in common.
template <class Request, class Command>
void read_change(Fields& fields, const Request& request, const rpc::Identity& caller,
                 Command& command) {
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
}

}  // namespace

Result<rules::Valid<rules::ProposeResolution>> to_command(
    const v1::ProposeResolutionRequest& request, const rpc::Identity& caller) {
    Fields fields;
    rules::ProposeResolution command;
    read_change(fields, request, caller, command);
    fields.keep(rpc::parse_authorisation_id(request.authorisation_id(), "authorisation_id"),
                command.authorisation);
    command.kind = Fields::enumerator<rules::ResolutionKind>(request.kind());
    if (!request.has_amount()) fields.malformed("amount", "is missing", "fill it in");
    rpc::Price price;
    fields.keep(rpc::parse_money(request.amount(), "amount"), price);
    command.amount = price.amount;
    command.currency = price.currency;
    if (!request.notice_until().empty()) {
        fields.keep(rpc::parse_day(request.notice_until(), "notice_until"), command.notice_until);
    }
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::DecideResolution>> to_command(const v1::DecideResolutionRequest& request,
                                                         const rpc::Identity& caller) {
    Fields fields;
    rules::DecideResolution command;
    read_change(fields, request, caller, command);
    command.proposal = {request.proposal()};
    command.approve = request.approve();
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::RecoverExposure>> to_command(const v1::RecoverExposureRequest& request,
                                                        const rpc::Identity& caller) {
    Fields fields;
    rules::RecoverExposure command;
    read_change(fields, request, caller, command);
    command.proposal = {request.proposal()};
    return std::move(fields).validated(std::move(command));
}

}  // namespace carecard::authorisation
