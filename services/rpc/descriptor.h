#pragma once

#include <unistd.h>

namespace carecard::rpc {

/// A file descriptor that is closed with the object. Made of what ::open answered.
class Descriptor {
   public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool open() const { return number_ >= 0; }

   private:
    int number_;
};

}  // namespace carecard::rpc
