#include "bench/allocations.h"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t allocations = 0;
thread_local std::uint64_t bytes = 0;  // modulo 2^64: one thread may free what another took

void* counted(void* memory) {
    ++allocations;
    if (memory == nullptr) std::abort();
    bytes += malloc_usable_size(memory);
    return memory;
}

void give_back(void* memory) {
    bytes -= malloc_usable_size(memory);
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto align = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(align, (size + align - 1) / align * align));
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { give_back(memory); }

namespace carecard::bench {

std::uint64_t allocations_so_far() { return allocations; }
std::uint64_t bytes_in_use() { return bytes; }

}  // namespace carecard::bench
