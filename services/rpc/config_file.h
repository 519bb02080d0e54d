#pragma once

namespace CLI {
class App;
}

namespace carecard::rpc {

/// Lets `app` read its settings from the file that `--config` names, one `name=value` a line. To be
/// called after the last option was added. An unknown name is refused, and so is a required setting
/// that is there and empty, as a torn line leaves it. The file is read whole before any of it
/// counts: a disk that fails halfway would else leave a service with half of its settings, and
/// nobody told.
void read_config_file(CLI::App& app);

}  // namespace carecard::rpc
