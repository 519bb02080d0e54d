#pragma once

#include <string>

#include "services/rpc/pem.h"

namespace CLI {
class App;
}

namespace carecard::authorisation {

/// How the service is to run; deploy/example explains each.
struct Options {
    std::string front = "127.0.0.1:8450";
    std::string back = "127.0.0.1:8451";
    std::string data;
    rpc::TlsFiles tls;
    std::string master_key;
    std::string clock = "system";
    std::string ports_file;
};

/// Lets `app` read the options from the command line and from the file that `--config` names.
/// @param options  filled when `app` parses; must live until then.
void describe(CLI::App& app, Options& options);

}  // namespace carecard::authorisation
