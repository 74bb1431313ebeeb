/* Swift's Glibc module leaves these headers out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <pthread.h>
#include <sys/prctl.h>

/* Declared by pthread.h only where GNU extensions are asked for before the first header. */
extern int pthread_setname_np(pthread_t thread, const char *name);

/* So are these of unistd.h and spawn.h, and a flag, whose number is part of the binary interface. */
#include <spawn.h>
extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
enum { POSIX_SPAWN_NEW_SESSION = 0x80 };

/* And of fcntl.h and sys/mman.h. */
enum { O_PATH = 010000000, F_OFD_GETLK = 36, F_OFD_SETLK = 37, F_ADD_SEALS = 1033, F_SEAL_ALL = 0xf, MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MADV_DONTDUMP = 16 };
extern int memfd_create(const char *name, unsigned int flags);

/* Swift calls no functions with variable arguments. */
static inline int comfyfleet_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
