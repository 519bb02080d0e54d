#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace carecard::rpc {

/// What a program said, standard error included, and its exit status.
struct Ran {
    int status = -1;
    std::string said;
};

inline Ran run(const std::string& command) {
    Ran ran;
    std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return ran;
    char buffer[4'096];
    for (std::size_t size; (size = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
        ran.said.append(buffer, size);
    }
    const int status = ::pclose(pipe);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

/// A folder of its own for each object, removed with it.
class CertificateFolder {
   public:
    CertificateFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "carecard-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~CertificateFolder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    CertificateFolder(const CertificateFolder&) = delete;
    CertificateFolder& operator=(const CertificateFolder&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

    /// Runs the project's script on this folder.
    [[nodiscard]] Ran make(const std::string& arguments = "riverdale",
                           const std::string& options = "") const {
        const char* const source = std::getenv("CARECARD_SOURCE_DIR");
        if (source == nullptr) return {};
        return run(std::string(source) + "/deploy/certificates " + options + " '" + path_ + "' " +
                   arguments);
    }

   private:
    std::string path_;
};

}  // namespace carecard::rpc
