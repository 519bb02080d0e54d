#include "services/settlement/data_directory.h"

#include <filesystem>

namespace carecard::settlement {
namespace {

std::string parent_of(std::filesystem::path directory) {
    if (!directory.has_filename()) directory = directory.parent_path();  // it ended with a slash
    const std::filesystem::path parent = directory.parent_path();
    return parent.empty() ? "." : parent.string();
}

}  // namespace

std::string batches_in(const std::string& data) { return data + "/batches"; }

Result<Done> make_data_directory(Directories& directories, const std::string& data) {
    const struct {
        std::string directory;
        std::string parent;
    } rows[] = {{data, parent_of(data)}, {batches_in(data), data}};
    for (const auto& row : rows) {
        const Result<Done> made = directories.make(row.directory);
        if (!made) return made.fault();
        const Result<Done> synced = directories.sync(row.parent);
        if (!synced) return synced.fault();
    }
    return Done{};
}

}  // namespace carecard::settlement
