#pragma once

/// The proto on one side, commands and events on the other; `to_command` and `to_response`.
#include "services/authorisation/convert_request.h"
#include "services/authorisation/convert_response.h"
