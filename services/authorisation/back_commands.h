#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>

#include "services/authorisation/back.h"

namespace carecard::authorisation {

/// Everything of `AdminService` that changes something. The queries are added by back_queries.h.
[[nodiscard]] std::unique_ptr<v1::AdminService::CallbackService> make_admin_service(
    const BackParts& parts);

[[nodiscard]] std::unique_ptr<v1::JournalService::CallbackService> make_journal_service(
    const BackParts& parts);

}  // namespace carecard::authorisation
