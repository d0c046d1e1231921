// A disk that is full or read-only, for one process and one directory: loaded before libc
// (LD_PRELOAD), it answers calls that change a file below TWINLINE_TROUBLE_DIR with an error while
// the file TWINLINE_TROUBLE_FILE exists. Its first word says which: ENOSPC fails whatever needs
// room, EROFS whatever changes anything. No mount and no rights are needed, and the real process
// runs unchanged.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

const char* Directory() {
  static const char* const directory = std::getenv("TWINLINE_TROUBLE_DIR");
  return directory;
}

// The error of the moment; 0: the disk is well.
int Trouble() {
  static const char* const file = std::getenv("TWINLINE_TROUBLE_FILE");
  if (file == nullptr || Directory() == nullptr) return 0;
  static const auto real_open =
      reinterpret_cast<int (*)(const char*, int, ...)>(dlsym(RTLD_NEXT, "open"));
  const int fd = real_open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char word[16] = {};
  const ssize_t got = ::read(fd, word, sizeof word - 1);
  ::close(fd);
  return got > 0 && std::strncmp(word, "EROFS", 5) == 0 ? EROFS : ENOSPC;
}

bool Below(const char* path) {
  return Directory() != nullptr && std::strncmp(path, Directory(), std::strlen(Directory())) == 0;
}

bool FileBelow(int fd) {
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = ::readlink(link, path, sizeof path - 1);
  if (size <= 0) return false;
  path[size] = '\0';
  return Below(path);
}

// Whether writing into `fd` fails now; errno is set.
bool Fails(int fd) {
  const int saved = errno;
  const int error = Trouble();
  if (error == 0 || !FileBelow(fd)) {
    errno = saved;
    return false;
  }
  errno = error;
  return true;
}

// Whether making or changing the name `path` fails now; errno is set. A full disk may still have
// room for a name, and deleting works.
bool NameFails(const char* path) {
  const int saved = errno;
  if (path != nullptr && Below(path) && Trouble() == EROFS) {
    errno = EROFS;
    return true;
  }
  errno = saved;
  return false;
}

template <typename Function>
Function Real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool Changes(int flags) { return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0; }

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t)>("write");
  return Fails(fd) ? -1 : real(fd, data, size);
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  static const auto real = Real<ssize_t (*)(int, const struct iovec*, int)>("writev");
  return Fails(fd) ? -1 : real(fd, parts, count);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return Fails(fd) ? -1 : real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return Fails(fd) ? -1 : real(fd, data, size, at);
}

int fallocate(int fd, int mode, off_t at, off_t size) {
  static const auto real = Real<int (*)(int, int, off_t, off_t)>("fallocate");
  return Fails(fd) ? -1 : real(fd, mode, at, size);
}

int fallocate64(int fd, int mode, off64_t at, off64_t size) {
  static const auto real = Real<int (*)(int, int, off64_t, off64_t)>("fallocate64");
  return Fails(fd) ? -1 : real(fd, mode, at, size);
}

int open(const char* path, int flags, ...) {
  static const auto real = Real<int (*)(const char*, int, ...)>("open");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return Changes(flags) && NameFails(path) ? -1 : real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  static const auto real = Real<int (*)(const char*, int, ...)>("open64");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return Changes(flags) && NameFails(path) ? -1 : real(path, flags, mode);
}

int mkdir(const char* path, mode_t mode) {
  static const auto real = Real<int (*)(const char*, mode_t)>("mkdir");
  return NameFails(path) ? -1 : real(path, mode);
}

int rename(const char* from, const char* to) {
  static const auto real = Real<int (*)(const char*, const char*)>("rename");
  return NameFails(to) ? -1 : real(from, to);
}

int unlink(const char* path) {
  static const auto real = Real<int (*)(const char*)>("unlink");
  return NameFails(path) ? -1 : real(path);
}

}  // extern "C"
