#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "services/rpc/faults.h"
#include "tests/end_to_end/any_call.h"
#include "tests/end_to_end/installation.h"

namespace carecard::end_to_end {

using Gateway = v1::AuthorisationService::Stub;
using Admin = v1::AdminService::Stub;

/// One service for all tests of the class, each with an account and card of its own.
class RunningService : public testing::Test {
   protected:
    static void SetUpTestSuite() {
        installation_ = std::make_unique<Installation>();
        service_ = std::make_unique<Service>(*installation_);
        open_accounts(*service_, accounts, 100'00);
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(service_->stop(), 0) << service_->process().said();
        service_.reset();
        installation_.reset();
    }

    static v1::AuthoriseResponse authorise(const v1::AuthoriseRequest& request) {
        v1::AuthoriseResponse response;
        const grpc::Status status =
            call(*service_->gateway(), &Gateway::Authorise, request, response);
        EXPECT_TRUE(status.ok()) << rpc::explain(status);
        return response;
    }

    static constexpr unsigned accounts = 16;
    static inline std::unique_ptr<Installation> installation_;
    static inline std::unique_ptr<Service> service_;
};

template <class Request>
Request about(const std::string& reference, const std::string& programme = "care") {
    Request request;
    request.mutable_account()->set_programme(programme);
    request.mutable_account()->set_reference(reference);
    return request;
}

}  // namespace carecard::end_to_end
