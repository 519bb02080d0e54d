#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "tests/end_to_end/installation.h"
#include "tests/scenarios/answer.h"

namespace carecard::scenarios {

/// What an answer told of a payment, for messages that name it so.
struct Told {
    std::string authorisation_id;
    std::string authorisation_code;
    std::uint64_t proposal = 0;  ///< The last one about its exposure.
};

/// A scenario's way to the service, and what it was told there.
class Stage {
   public:
    explicit Stage(end_to_end::Service& service) : service_(&service) {}

    /// Sends a message of the card network.
    /// @return what `read` makes of the response; of a failed call, its refusal.
    template <class Request, class Response, class Read>
    Answer to_front(grpc::Status (v1::AuthorisationService::Stub::*method)(grpc::ClientContext*,
                                                                           const Request&,
                                                                           Response*),
                    const Request& request, Read read) {
        return send(*service_->gateway(), method, request, read);
    }

    /// Sends a request of someone in `role`.
    template <class Request, class Response, class Read>
    Answer to_back(const std::string& role,
                   grpc::Status (v1::AdminService::Stub::*method)(grpc::ClientContext*,
                                                                  const Request&, Response*),
                   const Request& request, Read read) {
        return send(*service_->staff(role), method, request, read);
    }

    /// What was told of a payment; empty when nothing was.
    [[nodiscard]] Told& told(const std::string& payment) { return told_[payment]; }

   private:
    template <class Stub, class Request, class Response, class Read>
    static Answer send(Stub& stub,
                       grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                       const Request& request, Read read) {
        Response response;
        const grpc::Status status = end_to_end::call(stub, method, request, response);
        return status.ok() ? read(response) : answer_of(status);
    }

    end_to_end::Service* service_;
    std::map<std::string, Told> told_;
};

/// One message, ready to be sent, any number of times.
using Act = std::function<Answer(Stage&)>;

}  // namespace carecard::scenarios
