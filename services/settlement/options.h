#pragma once

#include <string>
#include <vector>

#include "services/rpc/pem.h"

namespace CLI {
class App;
}

namespace carecard::settlement {

/// How the service is to run; deploy/example explains each.
struct Options {
    std::string listen = "127.0.0.1:8452";
    std::string journal = "127.0.0.1:8451";
    std::string data;
    std::string ca;
    rpc::TlsFiles server;
    rpc::TlsFiles client;
    std::string signing_certificate;
    std::string signing_key;
    std::vector<std::string> earlier_signing_certificates;
    std::string port_file;
};

/// Lets `app` read the options from the command line and from the file that `--config` names.
/// @param options  filled when `app` parses; must live until then.
void describe(CLI::App& app, Options& options);

}  // namespace carecard::settlement
