#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

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
    /// @param purses  their names, in the order in which they were opened.
    Stage(end_to_end::Service& service, std::vector<std::string> purses)
        : service_(&service), purses_(std::move(purses)) {}

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
    Answer send(Stub& stub,
                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request, Read read) const {
        Response response;
        const grpc::Status status = end_to_end::call(stub, method, request, response);
        Answer answer = status.ok() ? read(response) : answer_of(status);
        if (answer.of_purse) {
            const auto& [number, words] = *answer.of_purse;
            answer.may.push_back(purses_.at(number - 1) + ' ' + words);
        }
        return answer;
    }

    end_to_end::Service* service_;
    std::vector<std::string> purses_;
    std::map<std::string, Told> told_;
};

/// One message, ready to be sent, any number of times.
using Act = std::function<Answer(Stage&)>;

}  // namespace carecard::scenarios
